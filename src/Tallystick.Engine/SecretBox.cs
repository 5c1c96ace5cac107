using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Tallystick.Engine;

/// <summary>
/// Keeps secrets that must be read back, such as providers' keys: encrypted by AES-256-GCM under a key that is derived
/// from the server's pepper, each bound to its place, so that the database alone does not tell them. Thread-safe.
/// </summary>
public sealed class SecretBox(byte[] pepper)
{
    private const int NonceSize = 12, TagSize = 16, KeySize = 32;
    private readonly byte[] _key =
        HKDF.DeriveKey(HashAlgorithmName.SHA256, pepper, KeySize, info: "tallystick secret box"u8.ToArray());

    /// <param name="place">Where the secret belongs; it opens nowhere else.</param>
    public ImmutableArray<byte> Seal(string secret, string place)
    {
        var text = Encoding.UTF8.GetBytes(secret);
        var box = new byte[NonceSize + TagSize + text.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        using var cipher = new AesGcm(_key, TagSize);
        cipher.Encrypt(
            box.AsSpan(0, NonceSize), text, box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize),
            Encoding.UTF8.GetBytes(place));
        return Wrap(box);
    }

    /// <summary>Null where it was sealed under another pepper or for another place, or is damaged.</summary>
    public string? Open(ReadOnlySpan<byte> box, string place)
    {
        if (box.Length < NonceSize + TagSize) return null;
        var text = new byte[box.Length - NonceSize - TagSize];
        using var cipher = new AesGcm(_key, TagSize);
        try
        {
            cipher.Decrypt(
                box[..NonceSize], box[(NonceSize + TagSize)..], box.Slice(NonceSize, TagSize), text,
                Encoding.UTF8.GetBytes(place));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        return Encoding.UTF8.GetString(text);
    }

    private static ImmutableArray<byte> Wrap(byte[] bytes) =>
        System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(bytes);
}
