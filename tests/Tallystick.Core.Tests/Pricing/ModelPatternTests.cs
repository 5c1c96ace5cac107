using Tallystick.Core.Pricing;
using Xunit;

namespace Tallystick.Core.Tests.Pricing;

public sealed class ModelPatternTests
{
    [Theory]
    [InlineData("gpt-4o", "gpt-4o", true)]
    [InlineData("gpt-4o", "gpt-4o-mini", false)]
    [InlineData("gpt-4o", "GPT-4o", false)]
    [InlineData("gpt-4*", "gpt-4", true)]
    [InlineData("gpt-4*", "gpt-4o-mini", true)]
    [InlineData("*flash", "gemini-2.0-flash", true)]
    [InlineData("*flash", "gemini-2.0-flash-8b", false)]
    [InlineData("*claude*", "anthropic.claude-v2:1", true)]
    [InlineData("*a*ab", "aaab", true)]
    [InlineData("*a*b*c*", "xxaxxcxxb", false)]
    [InlineData("gpt-5.6-[0-9][0-9]", "gpt-5.6-07", true)]
    [InlineData("gpt-5.6-[0-9][0-9]", "gpt-5.6-7", false)]
    [InlineData("gpt-5.6-[0-9]*", "gpt-5.6-x", false)]
    [InlineData("o[134]-?ini", "o3-mini", true)]
    [InlineData("o[134]-?ini", "o2-mini", false)]
    [InlineData("*", "", true)]
    public void Patterns_match_what_they_say(string pattern, string model, bool matches) =>
        Assert.Equal(matches, new ModelPattern(pattern).Matches(model));

    [Theory]
    [InlineData("qwen/*", "Qwen/Qwen3-32B", true)]
    [InlineData("QWEN/*", "qwen/x", true)]
    [InlineData("k*", "\u212Aimi", false)] // The Kelvin sign folds to k elsewhere in Unicode.
    public void Case_may_be_ignored_for_ascii_letters_and_no_others(string pattern, string model, bool matches) =>
        Assert.Equal(matches, new ModelPattern(pattern, ignoresCase: true).Matches(model));

    [Theory]
    [InlineData("*", 0)]
    [InlineData("gpt-4*", 5)]
    [InlineData("a[0-9]?b*", 3)]
    public void The_more_characters_are_fixed_the_more_specific_it_is(string pattern, int length) =>
        Assert.Equal(length, new ModelPattern(pattern).LiteralLength);

    [Theory]
    [InlineData("")]
    [InlineData("a[")]
    [InlineData("a[]")]
    [InlineData("a[[0-9]]")]
    public void A_set_that_is_open_or_empty_is_no_pattern(string pattern) =>
        Assert.False(ModelPattern.IsValid(pattern));

    [Fact]
    public void A_pattern_full_of_stars_takes_no_longer_than_the_product_of_the_lengths()
    {
        var pattern = new ModelPattern(string.Concat(Enumerable.Repeat("a*", 100)) + "b");
        Assert.False(pattern.Matches(new string('a', 20_000)));
    }
}
