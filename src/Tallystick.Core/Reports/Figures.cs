using System.Numerics;
using System.Runtime.CompilerServices;
using Tallystick.Core.Journal;

namespace Tallystick.Core.Reports;

/// <summary>
/// One value for each <see cref="Figure"/>. Sums stay at the greatest number rather than overflow, which is the same
/// in whatever order they are made. The default is all zeros.
/// </summary>
public struct Figures : IEquatable<Figures>
{
    private const int Count = (int)Figure.Voided + 1;
    private Values _values;

    public long this[Figure figure]
    {
        readonly get => _values[(int)figure];
        set => _values[(int)figure] = value >= 0 || MayFall(figure) ? value
            : throw new ArgumentOutOfRangeException(nameof(value), $"{figure} is negative");
    }

    public void Add(in Figures other)
    {
        for (var i = 0; i < Count; i++) _values[i] = Sum(_values[i], other._values[i]);
    }

    public readonly bool IsZero => Equals(default);

    /// <summary>No figure is greater than the other's, of those that no part lessens.</summary>
    public readonly bool IsWithin(in Figures other)
    {
        for (var i = 0; i < Count; i++)
            if (_values[i] > other._values[i] && !MayFall((Figure)i)) return false;
        return true;
    }

    public readonly bool Equals(Figures other) => Span(this).SequenceEqual(Span(other));
    public override readonly bool Equals(object? obj) => obj is Figures other && Equals(other);
    public override readonly int GetHashCode() => HashCode.Combine(_values[0], _values[(int)Figure.Charged]);
    public static bool operator ==(Figures left, Figures right) => left.Equals(right);
    public static bool operator !=(Figures left, Figures right) => !left.Equals(right);

    internal readonly void Write(CborWriter writer)
    {
        var present = 0;
        for (var i = 0; i < Count; i++)
            if (_values[i] != 0) present |= 1 << i;
        writer.Int(present);
        for (var i = 0; i < Count; i++)
            if (_values[i] != 0) writer.Int(_values[i]);
    }

    /// <summary>Adds what <see cref="Write"/> wrote.</summary>
    internal void AddRead(ref CborReader reader)
    {
        var present = reader.Int();
        if (present < 0 || present >= 1 << Count) throw new JournalCorruptException("unknown figures");
        for (var left = (uint)present; left != 0; left &= left - 1)
        {
            var i = BitOperations.TrailingZeroCount(left);
            var value = reader.Int();
            if (value == 0 || (value < 0 && !MayFall((Figure)i)))
                throw new JournalCorruptException("a figure that is not positive");
            _values[i] = Sum(_values[i], value);
        }
    }

    internal static void Skip(ref CborReader reader)
    {
        for (var left = BitOperations.PopCount((ulong)reader.Int()); left > 0; left--) reader.Int();
    }

    private static long Sum(long left, long right)
    {
        var sum = unchecked(left + right);
        var isBeyond = ((left ^ sum) & (right ^ sum)) < 0;
        return !isBeyond ? sum : left < 0 ? long.MinValue : long.MaxValue;
    }

    private static bool MayFall(Figure figure) =>
        figure is Figure.Charged or Figure.ProviderCost or Figure.FreeEvents;

    private static ReadOnlySpan<long> Span(in Figures figures) => figures._values;

    [InlineArray(Count)]
    private struct Values
    {
        private long _first;
    }
}
