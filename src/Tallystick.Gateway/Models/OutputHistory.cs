using System.Collections.Concurrent;
using Tallystick.Core.Journal;

namespace Tallystick.Gateway.Models;

/// <summary>
/// How long the answers have been that an account got from a model of late: a bound for requests that set none, where
/// the project chose so. In memory only; what is not known is bounded by the model. Thread-safe.
/// </summary>
internal sealed class OutputHistory
{
    private const int Remembered = 32;

    /// <summary>Accounts times models; beyond it everything is forgotten and learned anew.</summary>
    private const int KeysMax = 100_000;

    /// <summary>
    /// An answer seldom has twice the length of the longest of the last ones; never less than a page is held.
    /// </summary>
    private const long Factor = 2, OutputMin = 4_096;

    private readonly ConcurrentDictionary<(ChainKey Account, string Model), Ring> _known = new();

    /// <summary>Null until there are enough answers to go by.</summary>
    public long? Bound(ChainKey account, string model) =>
        _known.TryGetValue((account, model), out var ring) && ring.Longest() is { } longest
            ? Math.Max(longest * Factor, OutputMin)
            : null;

    public void Note(ChainKey account, string model, long outputTokens)
    {
        if (_known.Count > KeysMax) _known.Clear();
        _known.GetOrAdd((account, model), _ => new Ring()).Add(outputTokens);
    }

    private sealed class Ring
    {
        private readonly long[] _lengths = new long[Remembered];
        private int _count;

        public void Add(long length)
        {
            lock (_lengths) _lengths[_count++ % Remembered] = length;
        }

        public long? Longest()
        {
            lock (_lengths) return _count < Remembered ? null : _lengths.Max();
        }
    }
}
