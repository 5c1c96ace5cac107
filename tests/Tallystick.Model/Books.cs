using System.Numerics;

namespace Tallystick.Model;

/// <summary>
/// All that an account is: plain lists of values that are replaced, never changed, so that a copy of the lists is a
/// snapshot. Pools change only by a posting of the entry being written (Books.Entries.cs).
/// </summary>
internal sealed partial class Books
{
    public AccountStatus Status { get; set; }
    public BigInteger OverdraftLimit { get; set; }

    /// <summary>The account's own pools: issued, debt, unfunded, reserved, line.</summary>
    public Dictionary<Pool, BigInteger> Pools { get; private init; } = new()
    {
        [Pool.Issued] = 0,
        [Pool.Debt] = 0,
        [Pool.Unfunded] = 0,
        [Pool.Reserved] = 0,
        [Pool.Line] = 0,
    };

    public List<ModelGrant> Grants { get; private init; } = [];
    public List<ModelHold> Holds { get; private init; } = [];
    public List<ModelCharge> Charges { get; private init; } = [];
    public List<ModelDebt> Debts { get; private init; } = [];
    public List<ModelEntry> Journal { get; private init; } = [];

    public Books Copy() => new()
    {
        Status = Status,
        OverdraftLimit = OverdraftLimit,
        Pools = new(Pools),
        Grants = [.. Grants],
        Holds = [.. Holds],
        Charges = [.. Charges],
        Debts = [.. Debts],
        Journal = [.. Journal],
    };

    public long LastAt => Journal[^1].At;

    public ModelBalance Balance => new()
    {
        Remaining = Total(Grants, grant => grant.Remaining),
        Held = Total(Grants, grant => grant.Held) + Pools[Pool.Reserved],
        Reserved = Pools[Pool.Reserved],
        Debt = -Pools[Pool.Debt],
    };

    /// <summary>The largest amount that admission passes; below zero nothing does.</summary>
    public BigInteger Affordable => Balance.Available + OverdraftLimit;

    public IReadOnlyList<ModelGrant> SpendableInBurnOrder() =>
    [
        .. Grants
            .Where(grant => grant.Remaining > 0)
            .OrderBy(grant => grant.Priority)
            .ThenBy(grant => grant.ExpiresAt is null)
            .ThenBy(grant => grant.ExpiresAt)
            .ThenBy(grant => !grant.IsFree)
            .ThenBy(grant => grant.EffectiveAt)
            .ThenBy(grant => grant.Id.Sequence)
            .ThenBy(grant => grant.Id.Ordinal),
    ];

    public ModelGrant? FindGrant(ThingId id) => Grants.Find(grant => grant.Id == id);
    public ModelHold? FindHold(ThingId id) => Holds.Find(hold => hold.Id == id);
    public ModelCharge? FindCharge(ThingId id) => Charges.Find(charge => charge.Id == id && charge.Of is null);

    /// <summary>The charge and what corrections charged further for it, the last first.</summary>
    public IReadOnlyList<ModelCharge> PartsOf(ThingId id) =>
    [
        .. Charges.Where(charge => charge.Id == id || charge.Of == id).OrderByDescending(charge => charge.Id.Sequence),
    ];

    public BigInteger Refundable(ThingId id) => Total(PartsOf(id), part => part.Amount - part.Refunded);

    public ModelGrant Grant(ThingId id) => Grants[Grants.FindIndex(grant => grant.Id == id)];
    public ModelDebt Debt(long sequence) => Debts[Debts.FindIndex(debt => debt.Sequence == sequence)];

    public void Replace(ModelGrant changed) => Grants[Grants.FindIndex(grant => grant.Id == changed.Id)] = changed;
    public void Replace(ModelHold changed) => Holds[Holds.FindIndex(hold => hold.Id == changed.Id)] = changed;
    public void Replace(ModelCharge changed) => Charges[Charges.FindIndex(one => one.Id == changed.Id)] = changed;
    public void Replace(ModelDebt changed) => Debts[Debts.FindIndex(one => one.Sequence == changed.Sequence)] = changed;

    /// <summary>DESIGN.md: a sum beyond 64 bits is refused. These are the sums that a ledger has to keep.</summary>
    public bool FitsInto64Bits()
    {
        var balance = Balance;
        return Pools.Values
            .Concat([balance.Remaining, balance.Held, balance.Available, balance.Balance])
            .Concat(Holds.Select(hold => hold.Captured))
            .All(sum => sum >= long.MinValue && sum <= long.MaxValue);
    }

    public static BigInteger Total<T>(IEnumerable<T> things, Func<T, BigInteger> amount) =>
        things.Aggregate(BigInteger.Zero, (sum, thing) => sum + amount(thing));

    public static BigInteger Total(IEnumerable<ModelLeg> legs) => Total(legs, leg => leg.Amount);
}
