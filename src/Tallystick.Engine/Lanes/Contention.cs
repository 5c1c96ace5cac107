using Tallystick.Core.Journal;

namespace Tallystick.Engine.Lanes;

/// <summary>
/// What a lane knows of other nodes at its chains: which are contended, so that it takes them under their lock, and
/// which somebody keeps locked, so that they do not hold up the others. Where others work on the same chains
/// throughout, half of what is remembered is out of date: then all are contended. For the lane's thread only.
/// </summary>
internal sealed class Contention(TimeProvider time)
{
    /// <summary>Two conflicts this close make a chain contended, and for so long.</summary>
    private static readonly TimeSpan Near = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ContendedFor = TimeSpan.FromSeconds(1);

    /// <summary>How long a chain that is locked is left alone before a command tries it again.</summary>
    private static readonly TimeSpan BlockedFor = TimeSpan.FromSeconds(1);

    /// <summary>How long it is asked for by itself afterwards, and briefly.</summary>
    private static readonly TimeSpan SuspectedFor = TimeSpan.FromSeconds(4);
    private const int KnownMax = 4_096;

    /// <summary>So many chains that were moved on by others, each within <see cref="Near"/> of the last.</summary>
    private const int CompanyMin = 8;

    private readonly Dictionary<ChainKey, Known> _known = [];

    private long _conflictAt, _companyAt;
    private int _conflicts;

    public bool IsQuiet => _known.Count == 0;

    /// <summary>Another node had moved it on.</summary>
    public void Conflicted(ChainKey chain, bool isContended)
    {
        _conflicts = IsWithin(_conflictAt, Near) ? _conflicts + 1 : 1;
        _conflictAt = time.GetTimestamp();
        if (_conflicts >= CompanyMin) _companyAt = _conflictAt;
        var known = Find(chain);
        isContended |= known.ConflictAt != 0 && time.GetElapsedTime(known.ConflictAt) < Near;
        Set(chain, known with
        {
            ConflictAt = time.GetTimestamp(),
            ContendedAt = isContended ? time.GetTimestamp() : known.ContendedAt,
        });
    }

    /// <summary>Somebody kept it locked for longer than a commit takes.</summary>
    public void Blocked(ChainKey chain) => Set(chain, Find(chain) with { BlockedAt = time.GetTimestamp() });

    public bool IsContended(ChainKey chain) =>
        IsWithin(_companyAt, ContendedFor) || IsWithin(Find(chain).ContendedAt, ContendedFor) || WasBlocked(chain);

    public bool WasBlocked(ChainKey chain) => IsWithin(Find(chain).BlockedAt, SuspectedFor);
    public bool IsBlocked(ChainKey chain) => IsWithin(Find(chain).BlockedAt, BlockedFor);

    private bool IsWithin(long since, TimeSpan span) => since != 0 && time.GetElapsedTime(since) < span;

    private Known Find(ChainKey chain) => _known.GetValueOrDefault(chain);

    private void Set(ChainKey chain, Known known)
    {
        if (_known.Count >= KnownMax) Forget();
        _known[chain] = known;
    }

    private void Forget()
    {
        foreach (var (chain, known) in _known.ToList())
            if (!IsWithin(known.ConflictAt, ContendedFor) && !IsWithin(known.BlockedAt, SuspectedFor)) _known.Remove(
                chain);
        if (_known.Count >= KnownMax) _known.Clear();
    }

    private readonly record struct Known(long ConflictAt, long ContendedAt, long BlockedAt);
}
