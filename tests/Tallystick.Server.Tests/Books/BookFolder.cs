using Tallystick.Engine;
using Tallystick.Engine.Audit;
using Tallystick.Store.Sqlite;
using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Server.Tests.Books;

/// <summary>A folder with a store, removed at the end.</summary>
internal sealed class BookFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tally-books-").FullName;
    private string Database => System.IO.Path.Combine(Path, SqliteStoreOptions.FileName);

    /// <summary>Bounds so small that a few dozen entries make runs and merges.</summary>
    private SqliteStoreOptions Tiny => new()
    {
        Folder = Path, Clock = SqliteStoreOptions.TestClock, BlockBytes = 256, FanIn = 2, StepBlocks = 3,
        WalBytes = 40_000,
    };

    public static async Task<BookFolder> WithSampleAsync()
    {
        var folder = new BookFolder();
        await using (var books = folder.Open()) await SampleBooks.WriteAsync(books);
        return folder;
    }

    public BookWriter Open(Action<string>? faultPoint = null, int flushEntries = 16) => new(
        SqliteLedgerStore.Open(Tiny with { FaultPoint = faultPoint, FlushEntries = flushEntries }, StoreFold.Next));

    /// <summary>With the bounds of a real server, and as many lanes as asked for.</summary>
    public BookWriter OpenAsServed(int lanes) => new(
        SqliteLedgerStore.Open(
            new() { Folder = Path, Clock = SqliteStoreOptions.TestClock }, StoreFold.Next),
        new() { Lanes = lanes });
    public SqliteAudit Audit() => SqliteAudit.Open(Path);

    public (VerifyResult Result, List<AuditFault> Faults) Verify(VerifyOptions? options = null)
    {
        using var audit = Audit();
        var faults = new List<AuditFault>();
        return (StoreVerifier.Run(audit, options ?? new() { FindAll = true }, faults.Add), faults);
    }

    public BookFolder Copy()
    {
        var copy = new BookFolder();
        File.Copy(Database, copy.Database);
        return copy;
    }

    /// <summary>Changes the file behind the ledger's back, as somebody with its password would.</summary>
    /// <param name="keepTriggers">Puts the guards of the tables back, so that their absence does not tell.</param>
    public void Execute(string sql, bool keepTriggers = true)
    {
        using var connection = new SqliteConnection(Database, Access.Write);
        var triggers = new List<(string Name, string Sql)>();
        using (var select = connection.Prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"))
            while (keepTriggers && select.Step()) triggers.Add((select.Text(0), select.Text(1)));
        foreach (var (name, _) in triggers) connection.Execute($"DROP TRIGGER {name}");
        connection.Execute(sql);
        foreach (var (_, create) in triggers) connection.Execute(create);
    }

    public List<string> Texts(string sql)
    {
        using var connection = new SqliteConnection(Database, Access.Read);
        using var select = connection.Prepare(sql);
        var texts = new List<string>();
        while (select.Step()) texts.Add(select.Text(0));
        return texts;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
