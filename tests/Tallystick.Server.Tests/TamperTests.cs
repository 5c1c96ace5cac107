using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;
using Tallystick.Server.Tests.Books;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary>
/// Every column of every row of the store's file, changed with SQL: verify finds it, or the store is refused.
/// </summary>
public sealed class TamperTests(SampleFixture sample, ITestOutputHelper output)
{
    private const string OwnedBlocks = "EXISTS (SELECT 1 FROM run WHERE run = run_block.id >> 24)";

    [Theory]
    [InlineData("journal", "position", "position", "project", "number", "sequence", "bytes", "hash")]
    [InlineData("entry_text", "position", "position", "salt", "content")]
    [InlineData("account", "number", "project", "account_id", "number")]
    [InlineData("seal", "number", "project", "number", "at", "position", "heads", "root", "hash")]
    [InlineData("run", "run", "run", "first_position", "last_position", "items", "data_blocks", "index_blocks",
        "filter_blocks")]
    [InlineData("run_block", "id", "id", "bytes")]
    [InlineData("migration", "number", "number", "name", "checksum")]
    [InlineData("meta", "name", "value")]
    public void Any_field_changed_by_hand_is_found_I4_S9_Q13(string table, string key, params string[] columns)
    {
        using var copy = sample.Folder.Copy();
        foreach (var row in Rows(copy, table, key))
        {
            foreach (var column in columns)
            {
                using var changed = sample.Folder.Copy();
                changed.Execute($"UPDATE {table} SET {column} = {Change(column)} WHERE {row}");
                Assert.True(IsFound(changed), $"{table}.{column} WHERE {row}");
            }
        }
    }

    [Theory]
    [InlineData("journal", "position")]
    [InlineData("entry_text", "position")]
    [InlineData("account", "number")]
    [InlineData("migration", "number")]
    public void Any_row_deleted_by_hand_is_found_S9_Q13(string table, string key)
    {
        using var copy = sample.Folder.Copy();
        foreach (var row in Rows(copy, table, key))
        {
            using var changed = sample.Folder.Copy();
            changed.Execute($"DELETE FROM {table} WHERE {row}");
            Assert.True(IsFound(changed), $"{table} WHERE {row}");
        }
    }

    [Theory]
    [InlineData("""
        UPDATE journal SET position = -position WHERE position < 3;
        UPDATE journal SET position = 3 + position WHERE position < 0
        """)]
    [InlineData("INSERT INTO journal SELECT max(position) + 1, project, number, sequence, bytes, hash FROM journal")]
    [InlineData("INSERT INTO entry_text VALUES (9999, x'00', x'00')")]
    [InlineData("INSERT INTO entry_text SELECT 1, salt, content FROM entry_text LIMIT 1")]
    [InlineData("INSERT INTO account VALUES (1, 'nobody', 12345)")]
    [InlineData("INSERT INTO account SELECT project, account_id || 'x', number FROM account LIMIT 1")]
    [InlineData("DELETE FROM seal WHERE number < 3")]
    [InlineData("DELETE FROM run WHERE run < (SELECT max(run) FROM run)")]
    [InlineData("DELETE FROM run_block WHERE id IN (SELECT id FROM run_block ORDER BY random() LIMIT 1)")]
    [InlineData("DROP TRIGGER journal_keeps_rows")]
    [InlineData("ALTER TABLE journal ADD COLUMN note TEXT")]
    public void Rows_swapped_doubled_or_added_and_a_changed_schema_are_found_S9(string sql)
    {
        using var changed = sample.Folder.Copy();
        changed.Execute(sql, keepTriggers: !sql.Contains("TRIGGER", StringComparison.Ordinal));
        Assert.True(IsFound(changed));
    }

    // What the index covered then counts as not trailed yet.
    [Fact]
    public async Task An_index_that_is_gone_is_no_damage_and_made_again_from_the_journal()
    {
        using var changed = sample.Folder.Copy();
        changed.Execute("DELETE FROM run; DELETE FROM run_block");
        var digest = changed.Verify().Result.Digest;
        Assert.Equal(sample.Folder.Verify().Result.Digest, digest);

        await changed.Open().DisposeAsync();

        var (result, faults) = changed.Verify();
        Assert.Empty(faults);
        Assert.Equal(digest, result.Digest);
        Assert.NotEqual(0, changed.Texts("SELECT count(*) FROM run WHERE items > 0").Count(count => count != "0"));
    }

    private static string Change(string column) => column switch
    {
        "bytes" or "hash" or "salt" or "content" or "root" or "heads" =>
            $"""
            CAST(substr({column}, 1, length({column}) / 2)
                || CASE substr({column}, length({column}) / 2 + 1, 1) WHEN x'5a' THEN x'a5' ELSE x'5a' END
                || substr({column}, length({column}) / 2 + 2) AS BLOB)
            """,
        "account_id" or "name" or "checksum" or "value" => $"{column} || 'x'",
        _ => $"{column} + 100000",
    };

    private static List<string> Rows(BookFolder folder, string table, string key)
    {
        var filter = table switch { "run_block" => OwnedBlocks, "meta" => "name = 'clock'", _ => "1" };
        return folder.Texts($"SELECT {key} FROM {table} WHERE {filter}").ConvertAll(value => $"{key} = '{value}'");
    }

    private bool IsFound(BookFolder folder)
    {
        try
        {
            var (result, faults) = folder.Verify();
            if (faults.Count > 0) output.WriteLine(faults[0].ToString());
            return result.Faults > 0;
        }
        catch (Exception refused) when (refused is StoreRefusedException or JournalCorruptException)
        {
            output.WriteLine(refused.Message);
            return true;
        }
    }
}
