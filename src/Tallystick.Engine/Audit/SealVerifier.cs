using Tallystick.Core;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Audit;

/// <summary>
/// Checks the seals' own arithmetic and order, and that those known from elsewhere are among them. What they say of the
/// journal, each chain is held against while it is folded.
/// </summary>
internal sealed class SealVerifier(FaultReport faults, IReadOnlyDictionary<(int Project, long Number), string> known)
{
    private readonly Dictionary<ChainKey, long> _sealed = [];
    private readonly HashSet<(int, long)> _found = [];
    private Seal? _last;

    public long Count { get; private set; }

    public void Run(IEnumerable<Seal> seals)
    {
        foreach (var seal in faults.Read("I14", seals))
        {
            if (!faults.Try("I14", () => Check(seal), ChainKey.OfProject(seal.Project))) return;
            _last = seal;
            Count++;
        }
        foreach (var (project, number) in known.Keys.Where(key => !_found.Contains(key)).Order())
            faults.Add(new("I14", $"seal {number} was exported and is not there", ChainKey.OfProject(project)));
    }

    private void Check(Seal seal)
    {
        var previous = _last?.Project == seal.Project ? _last : null;
        var (number, at) = ((previous?.Number ?? 0) + 1, previous?.At ?? new Instant(long.MinValue));
        Require(seal.Number == number, seal, $"follows seal {number - 1}");
        Require(seal.At >= at, seal, "is earlier than the one before");
        Require(seal.Heads.Count > 0, seal, "covers nothing");
        for (var i = 1; i < seal.Heads.Count; i++)
            Require(seal.Heads[i - 1].Key < seal.Heads[i].Key, seal, "has its heads out of order");
        var root = seal.Heads.Root();
        Require(root.AsSpan().SequenceEqual(seal.Root), seal, "has another root than its heads");
        var hash = SealChain.Hash(
            seal.Project, seal.Number, seal.At, seal.Heads.Count, root, previous?.Hash ?? SealChain.Genesis);
        Require(hash.AsSpan().SequenceEqual(seal.Hash), seal, "has another hash than its content");
        foreach (var head in seal.Heads)
        {
            var before = _sealed.GetValueOrDefault(head.Key);
            Require(head.Sequence >= before, seal, $"goes back in chain {head.Key.Number}");
            _sealed[head.Key] = head.Sequence;
        }
        if (!known.TryGetValue((seal.Project, seal.Number), out var exported)) return;
        _found.Add((seal.Project, seal.Number));
        Require(exported == Convert.ToHexStringLower(seal.Hash), seal, "is not the one that was exported");
    }

    private static void Require(bool holds, Seal seal, string otherwise) =>
        InvariantBrokenException.Require(holds, "I14", $"seal {seal.Number} {otherwise}");
}
