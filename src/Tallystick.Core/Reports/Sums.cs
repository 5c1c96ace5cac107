namespace Tallystick.Core.Reports;

/// <summary>
/// The sums on one axis, by value and slot. Few lie side by side and are looked through, as most accounts' are; of many
/// an index is kept.
/// </summary>
internal sealed class Sums
{
    private const int Few = 8;

    private Sum[] _sums = [];
    private Dictionary<(string Value, int Slot), int>? _places;

    public required string Axis { get; set; }
    public int Count { get; private set; }
    public ArraySegment<Sum> All => new(_sums, 0, Count);

    /// <summary>A sum to be added to, before another one is asked for.</summary>
    public ref Figures Of(string value, int slot)
    {
        var place = PlaceOf(value, slot);
        if (place < 0) place = Append(value, slot);
        return ref _sums[place].Figures;
    }

    public Figures Find(string value, int slot) =>
        PlaceOf(value, slot) is >= 0 and var place ? _sums[place].Figures : default;

    /// <summary>Empty, with the room of few.</summary>
    public void Clear()
    {
        if (_places is not null) (_sums, _places) = ([], null);
        Count = 0;
    }

    private int PlaceOf(string value, int slot)
    {
        if (_places is not null) return _places.TryGetValue((value, slot), out var known) ? known : -1;
        for (var i = 0; i < Count; i++)
            if (_sums[i].Slot == slot && _sums[i].Value == value) return i;
        return -1;
    }

    private int Append(string value, int slot)
    {
        if (Count == _sums.Length) Array.Resize(ref _sums, Math.Max(1, Count * 2));
        _sums[Count] = new() { Value = value, Slot = slot };
        if (Count >= Few) Index();
        return Count++;
    }

    private void Index()
    {
        if (_places is null)
        {
            _places = new(_sums.Length);
            for (var i = 0; i < Count; i++) _places.Add((_sums[i].Value, _sums[i].Slot), i);
        }
        _places.Add((_sums[Count].Value, _sums[Count].Slot), Count);
    }
}

/// <summary>What a value of an axis came to in a slot.</summary>
internal struct Sum
{
    public string Value;
    public int Slot;
    public Figures Figures;
}
