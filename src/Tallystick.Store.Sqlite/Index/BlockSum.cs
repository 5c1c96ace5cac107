using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Tallystick.Core.Journal;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>SQLite does not notice flipped bits: each block ends in a CRC-32C of what is before it.</summary>
internal static class BlockSum
{
    public const int Size = 4;

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (var rest in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }

    public static byte[] Append(ReadOnlySpan<byte> bytes)
    {
        var block = new byte[bytes.Length + Size];
        bytes.CopyTo(block);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(bytes.Length), Of(bytes));
        return block;
    }

    /// <summary>The bytes before the sum, if that is right.</summary>
    public static ReadOnlyMemory<byte> Check(byte[] block, long id)
    {
        var length = block.Length - Size;
        if (length < 0 || BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(length)) != Of(block.AsSpan(0, length)))
            throw new JournalCorruptException($"index block {id} is damaged");
        return block.AsMemory(0, length);
    }
}
