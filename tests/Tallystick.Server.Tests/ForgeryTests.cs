using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;
using Tallystick.Server.Tests.Books;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary>
/// Somebody changes what is stored. It is found whether one bit was flipped, or an entry was rewritten with every hash
/// and every seal after it.
/// </summary>
public sealed class ForgeryTests(SampleFixture sample)
{
    private readonly MemoryAudit _books = MemoryAudit.Of(sample.Folder);

    [Fact]
    public void A_snapshot_in_memory_holds_as_its_store_does()
    {
        Assert.Empty(_books.Verify());
        Assert.Empty(_books.Bare.Verify());
    }

    [Fact]
    public void A_flipped_bit_in_any_byte_is_found_and_its_entry_named_Q13_I13()
    {
        var bare = _books.Bare;
        for (var index = 0; index < bare.Rows.Count; index++)
        {
            var row = bare.Rows[index];
            foreach (var flipped in Flips(row))
            {
                bare.Rows[index] = flipped;
                var fault = Assert.Single(bare.Verify());
                Assert.Equal((row.Chain, row.Sequence), (fault.Chain!.Value, fault.Sequence!.Value));
            }
            bare.Rows[index] = row;
        }
    }

    [Fact]
    public void Rows_deleted_doubled_swapped_or_moved_to_another_chain_are_found_I12()
    {
        for (var index = 0; index < _books.Rows.Count; index++)
        {
            var row = _books.Rows[index];
            Changed(rows => rows.RemoveAt(index));
            Changed(rows => rows.Insert(index, row));
            Changed(rows => rows[index] = row with { Sequence = row.Sequence + 1 });
            Changed(rows => rows[index] = row with { Chain = row.Chain with { Number = row.Chain.Number + 1 } });
            Changed(rows => rows[index] = row with { Chain = row.Chain with { Project = row.Chain.Project + 1 } });
            var next = _books.Rows.FindIndex(index + 1, other => other.Chain == row.Chain);
            if (next > 0) Changed(rows => (rows[index], rows[next]) = (rows[next], rows[index]));
        }

        void Changed(Action<List<RawEntry>> change)
        {
            var bare = _books.Bare;
            change(bare.Rows);
            Assert.NotEmpty(bare.Verify());
        }
    }

    [Fact]
    public void An_entry_rewritten_with_every_hash_after_it_is_found_by_the_seals_I14()
    {
        foreach (var (index, what, entry) in Rewritten())
        {
            var forged = _books.Bare;
            forged.Forge(index, entry);
            Assert.True(forged.Verify().Count > 0, $"{what} of entry {index} was not found");
        }
    }

    [Fact]
    public void A_move_or_a_figure_rewritten_with_every_hash_and_seal_is_found_by_the_rules_I1_to_I4_and_I16_to_I22()
    {
        foreach (var (index, what, entry) in Rewritten())
        {
            if (!what.StartsWith("Moves") && !what.EndsWith("After#0") && !what.Contains("Amount")) continue;
            var forged = _books.Bare;
            forged.Forge(index, entry);
            forged.ForgeSeals();
            Assert.True(forged.Verify().Count > 0, $"{what} of entry {index} was not found");
        }
    }

    [Fact]
    public void Anything_that_a_correction_says_rewritten_with_every_hash_and_seal_is_found_by_the_rules_I39()
    {
        var tried = 0;
        foreach (var (index, what, entry) in Rewritten())
        {
            if (entry.Body is not EntryBody.Corrected || !what.StartsWith("Body.")) continue;
            tried++;
            var forged = _books.Bare;
            forged.Forge(index, entry);
            forged.ForgeSeals();
            Assert.True(forged.Verify().Count > 0, $"{what} of entry {index} was not found");
        }
        Assert.True(tried > 100);
    }

    [Fact]
    public void Whatever_is_rewritten_with_every_hash_and_seal_is_found_by_a_seal_kept_elsewhere_I14_S9()
    {
        foreach (var (index, what, entry) in Rewritten())
        {
            var forged = _books.Bare;
            forged.Forge(index, entry);
            forged.ForgeSeals();
            Assert.True(forged.Verify(new() { KnownSeals = Kept }).Count > 0, $"{what} of entry {index} was not found");
        }
    }

    [Fact]
    public void A_tail_cut_off_with_its_seals_is_found_by_a_seal_kept_elsewhere_I14()
    {
        var cut = _books.Bare;
        cut.Seals.RemoveAt(cut.Seals.Count - 1);
        cut.Rows.RemoveRange(cut.Rows.Count - 2, 2);
        Assert.Empty(cut.Verify());

        var fault = Assert.Single(cut.Verify(new() { KnownSeals = Kept }));
        Assert.Equal("project 1: I14: seal 4 was exported and is not there", fault.ToString());
    }

    private Dictionary<(int, long), string> Kept => _books.Seals.ToDictionary(
        seal => (seal.Project, seal.Number), seal => Convert.ToHexStringLower(seal.Hash));

    /// <summary>Every row, with every field changed by itself.</summary>
    private IEnumerable<(int Index, string What, JournalEntry Entry)> Rewritten()
    {
        for (var index = 0; index < _books.Rows.Count; index++)
        {
            var original = _books.Rows[index].Bytes;
            foreach (var (what, entry) in Variations.Of(EntryCodec.Decode(original)))
                if (!EntryCodec.Encode(entry).AsSpan().SequenceEqual(original)) yield return (index, what, entry);
        }
    }

    private static IEnumerable<RawEntry> Flips(RawEntry row)
    {
        for (var i = 0; i < row.Bytes.Length; i++) yield return row with { Bytes = Flip(row.Bytes, i) };
        for (var i = 0; i < row.Hash.Length; i++) yield return row with { Hash = Flip(row.Hash, i) };
        yield return row with { Text = row.Text is null ? new([1], [2]) : null };
        if (row.Text is not { } text) yield break;
        for (var i = 0; i < text.Salt.Length; i++)
            yield return row with { Text = text with { Salt = [.. Flip([.. text.Salt], i)] } };
        for (var i = 0; i < text.Content.Length; i++)
            yield return row with { Text = text with { Content = [.. Flip([.. text.Content], i)] } };
    }

    private static byte[] Flip(byte[] bytes, int index)
    {
        var flipped = (byte[])bytes.Clone();
        flipped[index] ^= (byte)(1 << (index % 8));
        return flipped;
    }
}
