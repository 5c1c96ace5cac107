using System.Text;

namespace Tallystick.Server;

/// <summary>
/// Reads a header that is digits and nothing else, which Kestrel by itself takes with a plus before them: anything else
/// comes out as a character that no number has.
/// </summary>
internal sealed class DigitsOnly : Encoding
{
    private const char None = 'x';

    public override int GetMaxByteCount(int charCount) => charCount;
    public override int GetMaxCharCount(int byteCount) => byteCount;
    public override int GetByteCount(char[] chars, int index, int count) => count;
    public override int GetCharCount(byte[] bytes, int index, int count) => count;
    public override int GetCharCount(ReadOnlySpan<byte> bytes) => bytes.Length;

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        ASCII.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    /// <summary>What is too long for the place is no number either.</summary>
    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        var read = Math.Min(bytes.Length, chars.Length);
        for (var i = 0; i < read; i++) chars[i] = char.IsAsciiDigit((char)bytes[i]) ? (char)bytes[i] : None;
        return read;
    }
}
