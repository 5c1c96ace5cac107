using System.Runtime.InteropServices;
using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;

namespace Tallystick.Engine.Ports;

/// <summary>
/// What entries add to reports, for each account that they belong to and for its project as a whole. Not thread-safe.
/// </summary>
public sealed class ChainRollups
{
    private readonly Dictionary<ChainKey, Rollup> _rollups = [];

    public IReadOnlyDictionary<ChainKey, Rollup> All => _rollups;

    public Rollup? Find(ChainKey chain) => _rollups.GetValueOrDefault(chain);

    /// <param name="records">What the entry's change left: a charge of which some was given back is among them.</param>
    public void Add(JournalEntry entry, IReadOnlyCollection<ChainRecord> records)
    {
        if (entry.Chain.IsProject) return;
        var sum = SumOf(entry, records);
        if (sum.IsZero) return;
        Of(entry.Chain).Add(sum);
        Of(ChainKey.OfProject(entry.Chain.Project)).Add(sum);
    }

    public void Add(ChainKey chain, Rollup added) => Of(chain).Add(added);

    /// <summary>What one entry adds; null where that is nothing.</summary>
    public static Rollup? RollupOf(JournalEntry entry, IReadOnlyCollection<ChainRecord> records)
    {
        if (entry.Chain.IsProject) return null;
        var added = new Rollup();
        added.Add(SumOf(entry, records));
        return added.IsEmpty ? null : added;
    }

    private Rollup Of(ChainKey chain)
    {
        ref var rollup = ref CollectionsMarshal.GetValueRefOrAddDefault(_rollups, chain, out _);
        return rollup ??= new();
    }

    /// <summary>What one entry adds to its account and to its project.</summary>
    public static EntrySum SumOf(JournalEntry entry, IReadOnlyCollection<ChainRecord> records) => EntrySum.Of(
        entry, entry.Body.OfCharge is { IsNone: false } charge ? SubjectOf(records, charge) : Subject.Of(entry));

    private static Subject SubjectOf(IReadOnlyCollection<ChainRecord> records, ThingNumber number)
    {
        foreach (var record in records)
            if (record is Charge charge && charge.Number == number) return charge.Subject;
        return Subject.None;
    }
}
