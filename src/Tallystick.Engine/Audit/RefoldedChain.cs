using Tallystick.Core;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Audit;

/// <summary>
/// One chain folded from its first row, believing nothing: what a row says must be what its bytes say, and those must
/// follow from the row before. One thread; the writer is lent by the pass.
/// </summary>
internal sealed class RefoldedChain(ChainKey key, CborWriter writer)
{
    /// <summary>The last entry that has its text.</summary>
    private long _textAt;

    public ChainKey Key => key;

    /// <summary>As of the last entry folded; null before the first.</summary>
    public ChainState? State { get; private set; }
    public ChainRecords Records { get; } = new();

    /// <summary>What its charges were priced by: noted by whoever checks corrections.</summary>
    public RatingLog Ratings { get; } = new();

    /// <summary>What the last entry changed.</summary>
    public IReadOnlyCollection<ChainRecord> Changed { get; private set; } = [];

    /// <summary>Records that have changed since whoever looks last looked.</summary>
    public HashSet<RecordKey> Touched { get; } = [];

    /// <summary>The first entry whose text is gone and has not been erased so far; 0: none.</summary>
    public long LacksTextOf { get; private set; }

    /// <summary>The hash chain over the semantic form of the entries, which equal histories share.</summary>
    public byte[] SemanticHead { get; private set; } = HashChain.Genesis;

    /// <summary>The entry of the next row. Throws where the row is not what was committed.</summary>
    public SealedEntry Open(in RawEntry row)
    {
        var entry = EntryCodec.Decode(row.Bytes);
        var (expected, lastAt) = ((State?.Sequence ?? 0) + 1, State?.LastAt ?? default);
        var hash = HashChain.Next(row.Bytes, State?.Head ?? HashChain.Genesis);
        InvariantBrokenException.Require(row.Sequence == expected, "I12", $"it follows entry {expected - 1}");
        InvariantBrokenException.Require(
            entry.Chain == row.Chain && entry.Sequence == row.Sequence, "I13",
            $"the row holds entry {entry.Sequence} of chain {entry.Chain.Project}/{entry.Chain.Number}");
        InvariantBrokenException.Require(
            hash.AsSpan().SequenceEqual(row.Hash), "I13", $"its hash is not that of its bytes and the hash before");
        InvariantBrokenException.Require(IsCanonical(entry, row.Bytes), "I13", $"its bytes are not in canonical form");
        InvariantBrokenException.Require(entry.At >= lastAt, "I24", $"it is dated {entry.At}, the one before {lastAt}");
        CheckText(entry, row.Text);
        return new(entry, row.Bytes, row.Hash, row.Text);
    }

    /// <exception cref="JournalCorruptException">The row is not what was committed; the message names it.</exception>
    public SealedEntry OpenOrRefuse(in RawEntry row)
    {
        try
        {
            return Open(row);
        }
        catch (InvariantBrokenException broken)
        {
            throw new JournalCorruptException(
                $"entry {row.Sequence} of chain {row.Chain.Project}/{row.Chain.Number}: {broken.Message}", broken);
        }
    }

    /// <summary>Throws when the entry cannot have happened.</summary>
    public void Fold(SealedEntry entry)
    {
        var (state, changed) = ChainFold.Next(State, entry, Records, out _);
        (State, Changed) = (state, changed);
        Records.Add(entry.Entry, changed);
        foreach (var record in changed) Touched.Add(record.Key);
        writer.Clear();
        EntryCodec.Write(writer, entry.Entry, semantic: true);
        SemanticHead = HashChain.Next(writer.Written, SemanticHead);
    }

    private bool IsCanonical(JournalEntry entry, byte[] bytes)
    {
        writer.Clear();
        EntryCodec.Write(writer, entry);
        return writer.Written.SequenceEqual(bytes);
    }

    /// <summary>Throws at the end of the chain where a text is missing that nothing says was erased.</summary>
    public void CheckTexts() =>
        InvariantBrokenException.Require(LacksTextOf == 0, "I13", $"the text beside it is missing");

    private void CheckText(JournalEntry entry, EntryText? text)
    {
        InvariantBrokenException.Require(
            text is null || !entry.TextDigest.IsEmpty, "I13", $"it names no text, yet there is one");
        InvariantBrokenException.Require(
            text is null || HashChain.TextDigest(text).AsSpan().SequenceEqual(entry.TextDigest.AsSpan()), "I13",
            $"the text beside it is not the one that it names");
        if (text is not null) _textAt = entry.Sequence;
        else if (!entry.TextDigest.IsEmpty && LacksTextOf == 0) LacksTextOf = entry.Sequence;
        if (entry.Body is not EntryBody.TextErased) return;
        InvariantBrokenException.Require(
            _textAt == 0, "I13", $"the text of entry {_textAt}, which it erased, is still there");
        LacksTextOf = 0;
    }
}
