using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Core.Holds;

/// <summary>Credits set aside on named grants, and what became of them.</summary>
public sealed record Hold : ChainRecord
{
    private const int Members = 15, FreeMembers = 2;
    public override RecordKind Kind => RecordKind.Hold;
    public required CreditAmount Amount { get; init; }
    public required Instant CreatedAt { get; init; }
    public required Instant ExpiresAt { get; init; }
    public required HoldStatus Status { get; init; }
    public CreditAmount Captured { get; init; }

    /// <summary>
    /// What is still set aside, in burn order, the overdraft (no grant) last; of an expired hold: at its end.
    /// </summary>
    public required ImmutableArray<Leg> Open { get; init; }
    public string? ReferenceId { get; init; }

    /// <summary>The budgets that it counts in.</summary>
    public ImmutableArray<Count> Counts { get; init; } = [];
    /// <summary>What it sets aside of the free tier.</summary>
    public FreeUse Free { get; init; }
    public JobTerms? Job { get; init; }
    public JobEnd? JobEnd { get; init; }

    /// <summary>The entry that ended it, and the one that extended it last; 0 for none.</summary>
    public long EndedBy { get; init; }
    public long ExtendedBy { get; init; }

    public CreditAmount Left => new(Open.Sum(leg => leg.Amount.Micros));

    /// <summary>What was given back when it ended: max(0, amount − captured); 0 while it is held.</summary>
    public CreditAmount Released =>
        Status == HoldStatus.Held ? default : CreditAmount.Max(default, Amount - Captured);

    public override void Write(CborWriter writer)
    {
        writer.Array(Free == default ? Members : Members + FreeMembers);
        writer.Int(Number.Value); writer.Int(Amount.Micros); writer.Int(CreatedAt.Micros); writer.Int(ExpiresAt.Micros);
        writer.Int((int)Status); writer.Int(Captured.Micros); LegCodec.Write(writer, Open);
        if (ReferenceId is null) writer.Null(); else writer.Text(ReferenceId);
        writer.Int(Job?.Rows ?? 0); writer.Int(Job?.CreditsPerRow.Micros ?? 0);
        writer.Int((int)(JobEnd?.Outcome ?? 0)); writer.Int(JobEnd?.RowsDone ?? 0);
        writer.Int(EndedBy); writer.Int(ExtendedBy);
        CountCodec.Write(writer, Counts);
        if (Free == default) return;
        writer.Int(Free.Requests); writer.Int(Free.Tokens);
    }

    public static Hold Read(ref CborReader r)
    {
        var members = r.Array();
        if (members is not (Members or Members + FreeMembers)) throw new JournalCorruptException("not a hold");
        var hold = new Hold
        {
            Number = new(r.Int()), Amount = new(r.Int()), CreatedAt = new(r.Int()), ExpiresAt = new(r.Int()),
            Status = (HoldStatus)r.Int(), Captured = new(r.Int()), Open = LegCodec.Read(ref r),
            ReferenceId = r.TryNull() ? null : r.Text(),
        };
        var (rows, perRow, outcome, done) = (r.Int(), r.Int(), (JobOutcome)r.Int(), r.Int());
        return hold with
        {
            Job = rows == 0 ? null : new(rows, new(perRow)),
            JobEnd = outcome == 0 ? null : new(outcome, done),
            EndedBy = r.Int(),
            ExtendedBy = r.Int(),
            Counts = CountCodec.Read(ref r),
            Free = members == Members ? default : new(r.Int(), r.Int()),
        };
    }
}
