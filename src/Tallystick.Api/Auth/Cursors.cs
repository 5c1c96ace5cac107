using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Tallystick.Api.Auth;

/// <summary>
/// Cursors of lists: where to go on, sealed with the list they belong to so that none can be made up or used elsewhere.
/// </summary>
public sealed class Cursors(byte[] pepper)
{
    private const int MacBytes = 12;
    private readonly byte[] _key = HMACSHA256.HashData(pepper, "cursors"u8);

    internal string Seal(string position, string scope)
    {
        var text = Encoding.UTF8.GetBytes(position);
        return Base64Url.EncodeToString([.. Mac(text, scope), .. text]);
    }

    /// <summary>The position; null for anything that was not sealed for this scope.</summary>
    internal string? Open(string cursor, string scope)
    {
        if (!Base64Url.IsValid(cursor)) return null;
        var bytes = Base64Url.DecodeFromChars(cursor);
        if (bytes.Length <= MacBytes) return null;
        var text = bytes[MacBytes..];
        return CryptographicOperations.FixedTimeEquals(Mac(text, scope), bytes.AsSpan(0, MacBytes))
            ? Encoding.UTF8.GetString(text) : null;
    }

    private byte[] Mac(byte[] text, string scope)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        mac.AppendData(Encoding.UTF8.GetBytes(scope + "\n"));
        mac.AppendData(text);
        return mac.GetHashAndReset()[..MacBytes];
    }
}
