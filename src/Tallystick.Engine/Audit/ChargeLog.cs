using Tallystick.Core.Charges;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Audit;

/// <summary>
/// The charges that a chain's entries made, packed: any of them may be refunded, and an account may have ten million.
/// </summary>
internal sealed class ChargeLog
{
    private readonly List<(long Sequence, int Offset)> _charges = [];
    private byte[] _bytes = [];
    private int _length;

    public void Add(JournalEntry entry)
    {
        if (Charge.From(entry) is not { } charge) return;
        var bytes = charge.Encode();
        if (_bytes.Length - _length < bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes.Length));
        bytes.CopyTo(_bytes, _length);
        _charges.Add((entry.Sequence, _length));
        _length += bytes.Length;
    }

    public Charge? Find(ThingNumber number)
    {
        if (number.Ordinal != 0) return null;
        var index = _charges.BinarySearch((number.Sequence, -1));
        if (~index >= _charges.Count || _charges[~index].Sequence != number.Sequence) return null;
        var reader = new CborReader(_bytes.AsSpan(_charges[~index].Offset));
        return Charge.Read(ref reader);
    }
}
