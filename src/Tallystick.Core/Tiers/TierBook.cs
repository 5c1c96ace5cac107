using System.Collections.Immutable;
using Tallystick.Core.Money;
using Tallystick.Core.Time;

namespace Tallystick.Core.Tiers;

/// <summary>
/// All versions of a project's tiers by age. What falls due is decided by the terms of its instant, so that it does not
/// matter when anybody looked.
/// </summary>
public sealed record TierBook(ImmutableArray<TierVersion> Versions)
{
    public static readonly TierBook Empty = new([]);

    /// <summary>The tiers of a fresh project, to be edited.</summary>
    public static readonly ImmutableArray<(string Name, TierTerms Terms)> Standard =
    [
        ("trial", new() { Title = "Trial", Allowance = Credits(5), Renews = false }),
        ("starter", new() { Title = "Starter", Allowance = Credits(20) }),
        ("professional", new()
        {
            Title = "Professional", Allowance = Credits(60), Rollover = new(RolloverTerms.WholeShare, Credits(60), 1),
        }),
        ("enterprise", new()
        {
            Title = "Enterprise", Allowance = Credits(500), Rollover = new(RolloverTerms.WholeShare, Credits(500), 3),
        }),
    ];

    /// <summary>Some tier has, or had, limits of requests or tokens.</summary>
    public bool HasRateLimits { get; } = Versions.Any(version =>
        version.Terms.RequestsPerMinute is not null || version.Terms.TokensPerMinute is not null);

    /// <summary>A tier's terms at an instant; null where it had none.</summary>
    public TierTerms? Find(string name, Instant at)
    {
        for (var i = Versions.Length - 1; i >= 0; i--)
            if (Versions[i].From <= at && Versions[i].Name == name) return Versions[i].Terms;
        return null;
    }

    /// <summary>The latest version of each tier, in the order in which they were first put.</summary>
    public IEnumerable<TierVersion> Latest() => Versions.GroupBy(version => version.Name).Select(tier => tier.Last());

    public TierBook With(TierVersion version) => new(Versions.Add(version));

    private static CreditAmount Credits(long whole) => new(whole * CreditAmount.MicrosPerCredit);
}
