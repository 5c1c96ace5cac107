using Tallystick.Core.Money;

namespace Tallystick.Core.Tiers;

/// <summary>What a tier gives, limits and costs. A later version holds from its own entry on.</summary>
public sealed record TierTerms
{
    public const long MultiplierOne = 1_000_000;
    public const int MultiplierScale = 6;
    public static readonly TierTerms Empty = new();

    /// <summary>For people.</summary>
    public string? Title { get; init; }

    /// <summary>Given once per account, when the tier is taken for the first time; they never expire.</summary>
    public CreditAmount SignUpCredits { get; init; }

    /// <summary>Given in each period, spendable until its end.</summary>
    public CreditAmount Allowance { get; init; }

    /// <summary>False: the allowance is given for the first period only.</summary>
    public bool Renews { get; init; } = true;
    public string Bucket { get; init; } = "monthly";
    public int Priority { get; init; } = 100;
    public PeriodRule Period { get; init; } = PeriodRule.Calendar;
    public RolloverTerms Rollover { get; init; } = RolloverTerms.None;

    /// <summary>What may be spent in a period; an account's own cap goes before it.</summary>
    public CreditAmount? MonthlyCap { get; init; }

    /// <summary>By which prices are multiplied, in millionths.</summary>
    public long MultiplierMillionths { get; init; } = MultiplierOne;
    public ExactDecimal Factor => ExactDecimal.From(MultiplierMillionths, MultiplierScale);
    public FreeTierTerms? FreeTier { get; init; }
    public long? RequestsPerMinute { get; init; }
    public long? TokensPerMinute { get; init; }

    /// <summary>What else the tier has: a JSON object in canonical form, for the caller alone.</summary>
    public string? Features { get; init; }
}
