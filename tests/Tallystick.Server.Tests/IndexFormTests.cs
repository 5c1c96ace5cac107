using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;
using Tallystick.Server.Tests.Books;
using Tallystick.Store.Sqlite;
using Tallystick.Store.Sqlite.Index;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary>A store that an earlier program has made, whose index knew nothing of reports.</summary>
public sealed class IndexFormTests
{
    [Fact]
    public async Task An_index_that_knew_no_reports_is_made_anew_from_the_journal_and_goes_on_where_it_was_stopped()
    {
        using var folder = await BookFolder.WithSampleAsync();
        var digest = folder.Verify().Result.Digest;
        MakeEarlier(folder);
        // What will be made anew is not held against the books.
        Assert.Empty(folder.Verify().Faults);
        Assert.Equal(digest, folder.Verify().Result.Digest);

        var flushes = 0;
        Assert.Throws<IOException>(() => folder.Open(point =>
        {
            if (point == "refold-flush" && ++flushes == 2) throw new IOException("the power is gone");
        }));
        Assert.Equal(["1"], folder.Texts("SELECT count(*) FROM run"));
        var first = folder.Texts("SELECT run || ' ' || last_position FROM run").Single();

        await using (folder.Open())
            Assert.Contains(first, folder.Texts("SELECT run || ' ' || last_position FROM run"));
        var (result, faults) = folder.Verify();
        Assert.Empty(faults);
        Assert.Equal(digest, result.Digest);
        using var audit = folder.Audit();
        Assert.NotEmpty(audit.ReadProjectRollups());
    }

    [Fact]
    public async Task An_index_is_made_anew_however_often_that_is_cut_off_S10()
    {
        using var folder = await BookFolder.WithSampleAsync();
        var digest = folder.Verify().Result.Digest;
        MakeEarlier(folder);
        var (crashes, isDone) = (0, false);
        while (!isDone)
        {
            // Every other one before it has written anything, the others after a run.
            var flushes = crashes % 2;
            try
            {
                await using var books = folder.Open(
                    point =>
                    {
                        if (point == "refold-flush" && flushes-- == 0) throw new IOException("the power is gone");
                    },
                    flushEntries: 1);
                isDone = true;
            }
            catch (IOException)
            {
                crashes++;
            }
        }
        Assert.InRange(crashes, 20, 10_000);
        var (result, faults) = folder.Verify();
        Assert.Empty(faults);
        Assert.Equal(digest, result.Digest);
    }

    [Fact]
    public async Task An_index_of_a_later_program_is_refused()
    {
        using var folder = await BookFolder.WithSampleAsync();
        folder.Execute($"UPDATE meta SET value = '{IndexForm.Present + 1}' WHERE name = 'index'");
        var refused = Assert.Throws<StoreRefusedException>(() => folder.Open());
        Assert.Contains("newer", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>One run of everything but what is for reports, and nothing that says so.</summary>
    private static void MakeEarlier(BookFolder folder)
    {
        var options = new SqliteStoreOptions { Folder = folder.Path };
        using var reader = new SqliteReader(options.Database);
        var view = RunTable.Load(reader);
        var items = RunMerge.Merge(view.Runs, reader.Block)
            .Where(item => item.Key.Tag != ItemTag.Rollup)
            .Select(item => (item.Key, Value: item.Value.ToArray())).ToList();
        var id = RunTable.NextRunId(reader.Connection);
        var builder = new RunBuilder(
            id, 0, (1, view.TrailedPosition), view.Runs.Sum(run => run.FilterKeys), options.BlockBytes);
        var blocks = items.Select(item => builder.Add(item.Key, item.Value)).OfType<byte[]>().ToList();
        var (rest, run) = builder.Finish();
        using var writer = new Writer(options);
        writer.Transact(() =>
        {
            RunTable.WriteBlocks(writer, Run.BlockId(id, 0), [.. blocks, .. rest]);
            writer.Statement("DELETE FROM run").Run();
            RunTable.Write(writer, run.Row);
            writer.Statement("DELETE FROM meta WHERE name = 'index'").Run();
        });
    }
}
