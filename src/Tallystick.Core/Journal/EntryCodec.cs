using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Tallystick.Core.Limits;
using Tallystick.Core.Reports;

namespace Tallystick.Core.Journal;

/// <summary>
/// Canonical bytes of an entry, version 1: a CBOR map with small integer keys in ascending order, absent when empty.
/// docs/journal-format.md describes it for other programs.
/// </summary>
public static class EntryCodec
{
    private const int Version = 1;

    /// <param name="semantic">
    /// Leaves out what equal histories need not share: trace ids, text salts and secrets' MACs (for the digest).
    /// </param>
    public static void Write(CborWriter writer, JournalEntry entry, bool semantic = false)
    {
        var origin = entry.Origin;
        var key = semantic && origin is { HasOwnKey: true } ? null : origin?.Key;
        var text = !semantic && entry.TextDigest.Length > 0;
        writer.Map(6 + (entry.Moves.Length > 0 ? 1 : 0) + (entry.Buckets.Length > 0 ? 1 : 0) + 2
            + (key is null ? 0 : 1) + (origin is null ? 0 : semantic ? 2 : 3) + (text ? 1 : 0) + (
                entry.Counts.Length > 0 ? 1 : 0) + (origin is { License.IsNone: false } ? 1 : 0)
            + (origin is { Labels.Length: > 0 } ? 1 : 0));
        writer.Int(0); writer.Int(Version);
        writer.Int(1); writer.Int(entry.Chain.Project);
        writer.Int(2); writer.Int(entry.Chain.Number);
        writer.Int(3); writer.Int(entry.Sequence);
        writer.Int(4); writer.Int(entry.At.Micros);
        writer.Int(5); BodyCodec.Write(writer, entry.Body, semantic);
        if (entry.Moves.Length > 0) WriteMoves(writer, entry.Moves);
        if (entry.Buckets.Length > 0)
        {
            writer.Int(7); writer.Array(entry.Buckets.Length);
            foreach (var bucket in entry.Buckets) writer.Text(bucket);
        }
        writer.Int(8); writer.Int(entry.BalanceAfter.Micros);
        writer.Int(9); writer.Int(entry.AvailableAfter.Micros);
        if (key is not null) { writer.Int(10); writer.Text(key); }
        if (origin is not null)
        {
            writer.Int(11); writer.Bytes(origin.RequestHash.AsSpan());
            writer.Int(12); writer.Int(origin.Actor.Value);
            if (!semantic) { writer.Int(13); writer.Bytes(origin.TraceId.AsSpan()); }
        }
        if (text) { writer.Int(14); writer.Bytes(entry.TextDigest.AsSpan()); }
        if (entry.Counts.Length > 0) { writer.Int(15); CountCodec.Write(writer, entry.Counts); }
        if (origin is { License.IsNone: false }) { writer.Int(16); writer.Int(origin.License.Value); }
        if (origin is { Labels.Length: > 0 }) { writer.Int(17); LabelCodec.Write(writer, origin.Labels); }
    }

    public static byte[] Encode(JournalEntry entry)
    {
        var writer = new CborWriter();
        Write(writer, entry);
        return writer.ToArray();
    }

    /// <exception cref="JournalCorruptException">The bytes are not a canonical entry of a known version.</exception>
    public static JournalEntry Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        var fields = new Fields();
        var previous = -1L;
        for (var left = reader.Map(); left > 0; left--)
        {
            var field = reader.Int();
            if (field <= previous) throw new JournalCorruptException("fields out of order");
            previous = field;
            fields.Read(field, ref reader);
        }
        if (!reader.AtEnd) throw new JournalCorruptException("bytes after the entry");
        return fields.ToEntry();
    }

    private static void WriteMoves(CborWriter writer, ImmutableArray<Move> moves)
    {
        writer.Int(6);
        writer.Array(moves.Length * 3);
        foreach (var move in moves)
        {
            writer.Int((int)move.Kind);
            writer.Int(move.Number.Value);
            writer.Int(move.Amount.Micros);
        }
    }

    private ref struct Fields
    {
        private int _project;
        private long _number, _sequence, _at, _balance, _available, _actor, _license;
        private EntryBody? _body;
        private ImmutableArray<Move> _moves;
        private ImmutableArray<string> _buckets;
        private ImmutableArray<Count> _counts;
        private ImmutableArray<Label> _labels;
        private string? _key;
        private byte[]? _requestHash, _trace, _text;

        public void Read(long field, ref CborReader reader)
        {
            switch (field)
            {
                case 0: if (reader.Int() != Version) throw new JournalCorruptException("unknown version"); break;
                case 1: _project = checked((int)reader.Int()); break;
                case 2: _number = reader.Int(); break;
                case 3: _sequence = reader.Int(); break;
                case 4: _at = reader.Int(); break;
                case 5: _body = BodyCodec.Read(ref reader); break;
                case 6: _moves = ReadMoves(ref reader); break;
                case 7: _buckets = ReadBuckets(ref reader); break;
                case 8: _balance = reader.Int(); break;
                case 9: _available = reader.Int(); break;
                case 10: _key = reader.Text(); break;
                case 11: _requestHash = reader.Bytes().ToArray(); break;
                case 12: _actor = reader.Int(); break;
                case 13: _trace = reader.Bytes().ToArray(); break;
                case 14: _text = reader.Bytes().ToArray(); break;
                case 15: _counts = CountCodec.Read(ref reader); break;
                case 16: _license = reader.Int(); break;
                case 17: _labels = LabelCodec.Read(ref reader); break;
                default: throw new JournalCorruptException($"unknown field {field}");
            }
        }

        public readonly JournalEntry ToEntry() => new()
        {
            Chain = new(_project, _number),
            Sequence = _sequence,
            At = new(_at),
            Body = _body ?? throw new JournalCorruptException("an entry without a body"),
            Moves = _moves.IsDefault ? [] : _moves,
            Buckets = _buckets.IsDefault ? [] : _buckets,
            BalanceAfter = new(_balance),
            AvailableAfter = new(_available),
            Origin = _requestHash is null ? null
                : new(_key, ImmutableCollectionsMarshal.AsImmutableArray(_requestHash), new(_actor),
                    ImmutableCollectionsMarshal.AsImmutableArray(_trace ?? []))
                {
                    License = new(_license), Labels = _labels.IsDefault ? [] : _labels,
                },
            TextDigest = ImmutableCollectionsMarshal.AsImmutableArray(_text ?? []),
            Counts = _counts.IsDefault ? [] : _counts,
        };

        private static ImmutableArray<Move> ReadMoves(ref CborReader reader)
        {
            var count = reader.Array();
            if (count % 3 != 0) throw new JournalCorruptException("moves come in threes");
            var moves = new Move[count / 3];
            for (var i = 0; i < moves.Length; i++)
                moves[i] = new((MoveKind)reader.Int(), new(reader.Int()), new(reader.Int()));
            return ImmutableCollectionsMarshal.AsImmutableArray(moves);
        }

        private static ImmutableArray<string> ReadBuckets(ref CborReader reader)
        {
            var buckets = new string[reader.Array()];
            for (var i = 0; i < buckets.Length; i++) buckets[i] = reader.Text();
            return ImmutableCollectionsMarshal.AsImmutableArray(buckets);
        }
    }
}
