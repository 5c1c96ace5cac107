using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tallystick.Core.Journal;

/// <summary>
/// hash = SHA-256(length of the canonical bytes, 8 bytes big-endian ‖ the bytes ‖ hash of the entry before).
/// </summary>
public static class HashChain
{
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>What stands before the first entry: 32 zero bytes.</summary>
    public static readonly byte[] Genesis = new byte[Size];

    public static byte[] Next(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> previous)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(length, bytes.Length);
        if (bytes.Length <= 512)
        {
            Span<byte> input = stackalloc byte[8 + 512 + Size];
            length.CopyTo(input);
            bytes.CopyTo(input[8..]);
            previous.CopyTo(input[(8 + bytes.Length)..]);
            return SHA256.HashData(input[..(8 + bytes.Length + previous.Length)]);
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(length);
        hash.AppendData(bytes);
        hash.AppendData(previous);
        return hash.GetHashAndReset();
    }

    /// <summary>SHA-256(salt ‖ content): what an entry says of the free text beside it.</summary>
    public static byte[] TextDigest(EntryText text)
    {
        if (text.IsErased) return [.. text.ErasedDigest];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(text.Salt.AsSpan());
        hash.AppendData(text.Content.AsSpan());
        return hash.GetHashAndReset();
    }
}
