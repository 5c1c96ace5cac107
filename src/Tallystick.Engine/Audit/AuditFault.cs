using System.Globalization;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Audit;

/// <summary>Something in the books that does not hold.</summary>
/// <param name="Law">The invariant's number in docs/invariants.md.</param>
/// <param name="Chain">Null where it concerns the store as a whole.</param>
/// <param name="AccountId">Null also where the damage hides it.</param>
/// <param name="Sequence">The entry at which it shows.</param>
public sealed record AuditFault(string Law, string Reason, ChainKey? Chain = null, string? AccountId = null,
    long? Sequence = null)
{
    public override string ToString()
    {
        var where = Chain is not { } chain ? "store"
            : chain.IsProject ? $"project {chain.Project}"
            : AccountId is not null ? $"project {chain.Project}, account {AccountId}"
            : $"project {chain.Project}, account number {chain.Number}";
        var entry = Sequence is { } sequence ? $", entry {sequence.ToString(CultureInfo.InvariantCulture)}" : "";
        return $"{where}{entry}: {Law}: {Reason}";
    }
}
