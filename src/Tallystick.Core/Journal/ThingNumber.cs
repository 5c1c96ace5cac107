namespace Tallystick.Core.Journal;

/// <summary>
/// The number of a thing inside a chain: the sequence of the entry that made it (low 40 bits) and an ordinal where one
/// entry made several (re-grants of one refund). Zero names nothing.
/// </summary>
public readonly record struct ThingNumber(long Value) : IComparable<ThingNumber>
{
    private const int SequenceBits = 40;
    public const long SequenceMax = (1L << SequenceBits) - 1;
    public const int OrdinalMax = (1 << 22) - 1;

    public ThingNumber(long sequence, int ordinal) : this(sequence | ((long)ordinal << SequenceBits)) { }

    public long Sequence => Value & SequenceMax;
    public int Ordinal => (int)(Value >> SequenceBits);
    public bool IsNone => Value == 0;

    /// <summary>By age: the entry's sequence, then the ordinal.</summary>
    public int CompareTo(ThingNumber other) =>
        Sequence != other.Sequence ? Sequence.CompareTo(other.Sequence) : Ordinal.CompareTo(other.Ordinal);

    public static bool operator <(ThingNumber left, ThingNumber right) => left.CompareTo(right) < 0;
    public static bool operator >(ThingNumber left, ThingNumber right) => left.CompareTo(right) > 0;
    public static bool operator <=(ThingNumber left, ThingNumber right) => left.CompareTo(right) <= 0;
    public static bool operator >=(ThingNumber left, ThingNumber right) => left.CompareTo(right) >= 0;
}
