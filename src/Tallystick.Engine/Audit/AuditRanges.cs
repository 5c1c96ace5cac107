using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Audit;

/// <summary>
/// Splits a store's chains so that one range has about a million entries: some 300 bytes of each are kept until its
/// range is done. A single account's entries are never split.
/// </summary>
internal static class AuditRanges
{
    public const long EntriesPerRange = 1_000_000;

    /// <summary>The ranges of all accounts, in order; together with the projects' they cover every number.</summary>
    public static IEnumerable<ChainRange> OfAccounts(long entries)
    {
        var count = Math.Max(1, (entries + EntriesPerRange - 1) / EntriesPerRange);
        var width = ChainRange.NumberMax / count;
        for (var i = 0L; i < count; i++)
            yield return new(1 + i * width, i == count - 1 ? long.MaxValue : (i + 1) * width);
    }
}
