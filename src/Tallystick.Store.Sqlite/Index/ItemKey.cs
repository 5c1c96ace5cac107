using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>What an item of the index says. The numbers are stored.</summary>
internal enum ItemTag : byte
{
    /// <summary>The chain's state. Id 0.</summary>
    State,

    /// <summary>An entry's position. Id: its sequence.</summary>
    Entry,

    /// <summary>
    /// Sequences and positions of entries by the hash of their idempotency key; several where hashes meet.
    /// </summary>
    Key,

    /// <summary>An entry's position by its reference id. Id: 24 bits of hash, 40 bits of sequence.</summary>
    Reference,
    Grant,
    Hold,
    Charge,
    Debt,

    /// <summary>
    /// An older state. Id: its last instant, so that the one to fold on from is the last at or before.
    /// </summary>
    Checkpoint,
    ApiKey,
    License,

    /// <summary>
    /// What a run's entries add to reports. Id: <see cref="RollupId"/>. Of several runs they add up.
    /// </summary>
    Rollup,
}

/// <summary>Names an item. Items are sorted by chain, then tag, then id, then version.</summary>
/// <param name="Version">Of a record its epoch (<see cref="Checkpoints"/>); else 0.</param>
internal readonly record struct ItemKey(long Number, int Project, ItemTag Tag, ulong Id, ulong Version = 0)
    : IComparable<ItemKey>
{
    private const int SequenceBits = 40;
    private const int OrdinalBits = 22;
    private const int KeyHashBits = 48;

    public static ItemKey State(ChainKey chain) => new(chain.Number, chain.Project, ItemTag.State, 0);

    public static ItemKey Entry(ChainKey chain, long sequence) =>
        new(chain.Number, chain.Project, ItemTag.Entry, (ulong)sequence);

    public static ItemKey Key(ChainKey chain, ulong hash) =>
        new(chain.Number, chain.Project, ItemTag.Key, hash >> (64 - KeyHashBits));

    public static ItemKey Reference(ChainKey chain, ulong hash, long sequence) =>
        new(chain.Number, chain.Project, ItemTag.Reference,
            (hash >> SequenceBits << SequenceBits) | (ulong)Math.Clamp(sequence, 0, ThingNumber.SequenceMax));

    /// <summary>Ordered as <see cref="ThingNumber"/> is: by sequence, then by ordinal.</summary>
    public static ItemKey Record(ChainKey chain, RecordKey record) =>
        Record(chain, record.Kind, ((ulong)record.Number.Sequence << OrdinalBits) | (uint)record.Number.Ordinal);

    /// <summary>One form of a record.</summary>
    public static ItemKey Record(ChainKey chain, RecordKey record, long epoch) =>
        Record(chain, record) with { Version = (ulong)epoch };

    public static ItemKey Record(ChainKey chain, RecordKind kind, ulong id) =>
        new(chain.Number, chain.Project, TagOf(kind), id);

    public static ItemKey Checkpoint(ChainKey chain, Instant at) =>
        new(chain.Number, chain.Project, ItemTag.Checkpoint, unchecked((ulong)at.Micros) ^ (1UL << 63));

    public static ItemKey Rollup(ChainKey chain, ulong id) => new(chain.Number, chain.Project, ItemTag.Rollup, id);

    public static ItemKey FirstOf(ChainRange chains) => new(chains.First, int.MinValue, default, 0);
    public static ItemKey LastOf(ChainRange chains) =>
        new(chains.Last, int.MaxValue, (ItemTag)byte.MaxValue, ulong.MaxValue, ulong.MaxValue);

    public ChainKey Chain => new(Project, Number);
    public long Sequence => (long)(Id & ThingNumber.SequenceMax);
    public ThingNumber Thing => new((long)(Id >> OrdinalBits), (int)(Id & ((1 << OrdinalBits) - 1)));

    public RecordKind? Kind => KindOf(Tag);

    /// <summary>Null: what has the tag is no record.</summary>
    public static RecordKind? KindOf(ItemTag tag) => tag switch
    {
        ItemTag.Grant => RecordKind.Grant,
        ItemTag.Hold => RecordKind.Hold,
        ItemTag.Charge => RecordKind.Charge,
        ItemTag.Debt => RecordKind.Debt,
        ItemTag.ApiKey => RecordKind.Key,
        ItemTag.License => RecordKind.License,
        _ => null,
    };

    /// <summary>Items that are asked for one at a time and are often absent.</summary>
    public bool IsFiltered => Tag is not (ItemTag.Entry or ItemTag.Reference or ItemTag.Checkpoint or ItemTag.Rollup);

    public bool IsSameList(in ItemKey other) =>
        Number == other.Number && Project == other.Project && Tag == other.Tag;

    public int CompareTo(ItemKey other)
    {
        if (Number != other.Number) return Number < other.Number ? -1 : 1;
        if (Project != other.Project) return Project < other.Project ? -1 : 1;
        if (Tag != other.Tag) return Tag < other.Tag ? -1 : 1;
        return Id != other.Id ? Id.CompareTo(other.Id) : Version.CompareTo(other.Version);
    }

    private static ItemTag TagOf(RecordKind kind) => kind switch
    {
        RecordKind.Grant => ItemTag.Grant,
        RecordKind.Hold => ItemTag.Hold,
        RecordKind.Charge => ItemTag.Charge,
        RecordKind.Debt => ItemTag.Debt,
        RecordKind.Key => ItemTag.ApiKey,
        RecordKind.License => ItemTag.License,
        _ => throw new System.Diagnostics.UnreachableException(kind.ToString()),
    };
}
