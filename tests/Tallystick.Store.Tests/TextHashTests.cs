using Tallystick.Store.Sqlite.Index;
using Xunit;

namespace Tallystick.Store.Tests;

public sealed class TextHashTests
{
    // Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012), appendix A, and the first of the vectors that
    // their reference implementation brings: the bytes 0, 1, 2, ... under the key 0, 1, ..., 15.
    [Theory]
    [InlineData(0, 0x726fdb47dd0e0e31)]
    [InlineData(15, 0xa129ca6149be45e5)]
    public void Texts_are_hashed_as_the_authors_say(int length, ulong hash)
    {
        var key = Enumerable.Range(0, 16).Select(i => (byte)i).ToArray();
        var text = new string([.. Enumerable.Range(0, length).Select(i => (char)i)]);
        Assert.Equal(hash, new TextHash(key).Of(text));
    }

    [Fact]
    public void Long_texts_and_other_scripts_are_hashed_as_their_bytes()
    {
        var hash = new TextHash(new byte[16]);
        foreach (var text in new[] { new string('x', 511), new string('\u00e9', 4_000), "\U0001f511" })
            Assert.Equal(hash.Of(System.Text.Encoding.UTF8.GetBytes(text)), hash.Of(text));
        Assert.NotEqual(hash.Of(new string('x', 512)), hash.Of(new string('x', 513)));
    }
}
