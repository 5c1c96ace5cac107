using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>What a request can use at most, known before it is made.</summary>
/// <param name="InputTokens">All input that there can be, of whatever kind.</param>
/// <param name="OutputTokens">All output that there can be, over all choices.</param>
public sealed record UsageBound(long InputTokens, long OutputTokens)
{
    public UsageMode Mode { get; init; } = UsageMode.Standard;
    public string? Region { get; init; }

    /// <summary>
    /// Kinds of tokens that cannot occur, like audio in a request for text; their rates do not count.
    /// </summary>
    public TokenTraits Impossible { get; init; }
}
