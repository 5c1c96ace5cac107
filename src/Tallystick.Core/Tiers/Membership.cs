using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;

namespace Tallystick.Core.Tiers;

/// <summary>An account's tier and the period that it is in.</summary>
public sealed record Membership
{
    public required string Tier { get; init; }

    /// <summary>False for an account that has periods for its cap alone.</summary>
    public bool HasTier => Tier.Length > 0;

    /// <summary>When the account took its first tier: what anniversaries are of.</summary>
    public required Instant Anchor { get; init; }
    public required Instant PeriodStart { get; init; }

    /// <summary>The sequence of the entry that began the period.</summary>
    public required long Since { get; init; }

    /// <summary>Exclusive; the allowance is renewed then.</summary>
    public required Instant PeriodEnd { get; init; }

    /// <summary>The tier that begins with the next period, where that is another.</summary>
    public string? NextTier { get; init; }

    /// <summary>What this period's allowances came to.</summary>
    public CreditAmount Allocated { get; init; }

    /// <summary>Charged and captured in this period, less what was refunded of it.</summary>
    public CreditAmount Spent { get; init; }

    /// <summary>What of the free tier this period has used, and what that would have cost.</summary>
    public FreeUse FreeUsed { get; init; }
    public CreditAmount FreeCredits { get; init; }

    /// <summary>Tiers whose allowance this period has given: each gives one at most.</summary>
    public ImmutableArray<string> Given { get; init; } = [];

    /// <summary>After an allowance, or what else the tier gave.</summary>
    internal Membership With(EntryBody.Granted granted) => granted.Kind != GrantKind.Allowance ? this : this with
    {
        Allocated = Allocated + granted.Amount, Given = Given.Add(granted.Tier!),
    };

    /// <summary>After a charge or capture.</summary>
    internal Membership With(CreditAmount charged, FreeTaken? free)
    {
        var spent = this with { Spent = Spent + charged };
        return free is null ? spent : spent with
        {
            FreeUsed = FreeUsed + free.Use, FreeCredits = FreeCredits + free.Credits,
        };
    }

    internal Membership Planning(string tier) => this with { NextTier = tier == Tier ? null : tier };

    private bool HasUsedFree => FreeUsed != default;

    internal void Write(CborWriter writer)
    {
        writer.Array(HasUsedFree ? 12 : 9);
        writer.Text(Tier); writer.Int(Anchor.Micros); writer.Int(PeriodStart.Micros); writer.Int(PeriodEnd.Micros);
        if (NextTier is null) writer.Null(); else writer.Text(NextTier);
        writer.Int(Allocated.Micros);
        Names.Write(writer, Given);
        writer.Int(Spent.Micros); writer.Int(Since);
        if (!HasUsedFree) return;
        writer.Int(FreeUsed.Requests); writer.Int(FreeUsed.Tokens); writer.Int(FreeCredits.Micros);
    }

    internal static Membership Read(ref CborReader r)
    {
        var members = r.Array();
        if (members is not (9 or 12)) throw new JournalCorruptException("not a membership");
        var membership = new Membership
        {
            Tier = r.Name(), Anchor = new(r.Int()), PeriodStart = new(r.Int()), PeriodEnd = new(r.Int()),
            NextTier = r.TryNull() ? null : r.Name(), Allocated = new(r.Int()), Given = Names.Read(ref r),
            Spent = new(r.Int()), Since = r.Int(),
        };
        return members == 9 ? membership : membership with
        {
            FreeUsed = new(r.Int(), r.Int()), FreeCredits = new(r.Int()),
        };
    }
}
