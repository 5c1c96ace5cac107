namespace Tallystick.Model;

/// <summary>
/// Names a grant, hold or charge by the sequence number of the entry that made it. The ordinal is 0 except for the
/// grants that one refund entry makes anew, which count 1, 2, 3… in the order in which the legs were walked.
/// </summary>
public readonly record struct ThingId(long Sequence, int Ordinal = 0)
{
    public override string ToString() => FormattableString.Invariant($"{Sequence}.{Ordinal}");
}
