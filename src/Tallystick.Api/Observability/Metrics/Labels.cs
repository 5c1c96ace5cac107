using System.Diagnostics.CodeAnalysis;

namespace Tallystick.Api.Observability.Metrics;

/// <summary>
/// The labels of one series: up to four, in the order in which an instrument gives them; more are cut off.
/// </summary>
internal readonly record struct Labels
{
    private const int CountMax = 4;
    private readonly KeyValuePair<string, object?> _first, _second, _third, _fourth;

    [SuppressMessage("Style", "IDE0290", Justification = "a span is no field")]
    public Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Count = Math.Min(tags.Length, CountMax);
        if (Count > 0) _first = tags[0];
        if (Count > 1) _second = tags[1];
        if (Count > 2) _third = tags[2];
        if (Count > 3) _fourth = tags[3];
    }

    public int Count { get; }

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => _first,
        1 => _second,
        2 => _third,
        _ => _fourth,
    };

    /// <summary>Names and texts by what they say; a pair's own comparison goes by reflection.</summary>
    public bool Equals(Labels other)
    {
        if (Count != other.Count) return false;
        for (var i = 0; i < Count; i++)
            if (this[i].Key != other[i].Key || !Equals(this[i].Value, other[i].Value)) return false;
        return true;
    }

    public override int GetHashCode()
    {
        var hash = new HashCode();
        for (var i = 0; i < Count; i++) hash.Add(this[i].Value);
        return hash.ToHashCode();
    }
}
