using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>A sealed secret opens in its own place, under its own pepper, and whole.</summary>
public sealed class SecretBoxTests
{
    private static readonly SecretBox Box = new([1, 2, 3]);

    [Fact]
    public void A_secret_opens_where_it_was_sealed_for_and_nowhere_else()
    {
        var sealedKey = Box.Seal("sk-secret", "upstream 1/openai");
        Assert.Equal("sk-secret", Box.Open(sealedKey.AsSpan(), "upstream 1/openai"));
        Assert.Null(Box.Open(sealedKey.AsSpan(), "upstream 2/openai"));
        Assert.Null(new SecretBox([1, 2, 4]).Open(sealedKey.AsSpan(), "upstream 1/openai"));
    }

    [Fact]
    public void A_changed_byte_anywhere_opens_nothing()
    {
        var sealedKey = Box.Seal("sk-secret", "place").ToArray();
        for (var i = 0; i < sealedKey.Length; i++)
        {
            sealedKey[i] ^= 1;
            Assert.Null(Box.Open(sealedKey, "place"));
            sealedKey[i] ^= 1;
        }
        Assert.Null(Box.Open(sealedKey.AsSpan(0, 20), "place"));
        Assert.Null(Box.Open([], "place"));
    }

    [Fact]
    public void The_same_secret_is_never_sealed_alike() =>
        Assert.NotEqual(Box.Seal("sk-secret", "place").ToArray(), Box.Seal("sk-secret", "place").ToArray());
}
