namespace Tallystick.Store.Sqlite;

/// <summary>Where a store is and how it behaves. The bounds have been measured; see docs/numbers.md.</summary>
public sealed record SqliteStoreOptions
{
    public const string RealClock = "real";
    public const string TestClock = "test";

    public required string Folder { get; init; }

    /// <summary>
    /// <see cref="RealClock"/> or <see cref="TestClock"/>; a store remembers it and refuses the other.
    /// </summary>
    public string Clock { get; init; } = RealClock;

    /// <summary>
    /// Tells peppers apart and says nothing of any; a store that has entries remembers it and refuses another. Null
    /// where no key is looked at.
    /// </summary>
    public string? PepperCheck { get; init; }

    /// <summary>Another pepper than the one before is taken all the same: whoever starts it has a way in.</summary>
    public bool TakesOtherPepper { get; init; }

    /// <summary>Called at named points of a write, for tests that crash there.</summary>
    public Action<string>? FaultPoint { get; init; }

    /// <summary>
    /// Entries that are gathered in memory before they are written as a run. A restart refolds at most some more than
    /// twice as many; a smaller bound writes the states of busy accounts more often.
    /// </summary>
    public int FlushEntries { get; init; } = 65_536;

    /// <summary>The same bound in bytes of entries.</summary>
    public long FlushBytes { get; init; } = 32 << 20;
    public int BlockBytes { get; init; } = 8 << 10;

    /// <summary>Runs of one size that are merged into one of the next.</summary>
    public int FanIn { get; init; } = 8;

    /// <summary>
    /// Blocks written in one step of trailing: between two batches, so this is what a batch may wait for.
    /// </summary>
    public int StepBlocks { get; init; } = 64;

    /// <summary>Size of the write-ahead log from which it is moved into the file.</summary>
    public long WalBytes { get; init; } = 4 << 20;

    /// <summary>How long to wait for another writer to let go of the folder.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Takes the place of the hash of keys and references, so that tests can make them meet.</summary>
    internal Func<string, ulong>? HashText { get; init; }

    /// <summary>Pages that the file may have, so that tests can fill it.</summary>
    internal Func<long>? MaxPages { get; init; }

    internal string Database => Path.Combine(Folder, FileName);
    /// <summary>The file of a store in its folder.</summary>
    public const string FileName = "tally.db";
}
