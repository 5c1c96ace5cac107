using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;
using Tallystick.Server.Import;
using Tallystick.Server.Import.Books;
using Tallystick.Server.Import.Layouts;
using Tallystick.Server.Import.Runs;
using Tallystick.Server.Import.Sources;
using Tallystick.Store.Postgres;
using Tallystick.Store.Sqlite;
using Xunit;

namespace Tallystick.Server.Tests.Import;

/// <summary>A move from one system into a store of its own, on a clock that stands still.</summary>
internal sealed class Relocation : IAsyncDisposable
{
    public static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly byte[] Pepper = [.. Enumerable.Repeat((byte)7, 32)];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly string? _folder;
    private readonly string? _database;

    private Relocation(string? folder, string? database) => (_folder, _database) = (folder, database);

    public Ledger Ledger { get; private set; } = null!;
    public List<ImportOutcome> Outcomes { get; private set; } = [];
    public ImportTotals Totals { get; private set; } = new();
    public List<Finding> Strays { get; private set; } = [];

    public static async Task<Relocation> IntoAsync(ImportFixture fixture, bool isPostgres)
    {
        var move = isPostgres
            ? new Relocation(null, await fixture.DatabaseAsync())
            : new Relocation(Directory.CreateTempSubdirectory("tally-move-").FullName, null);
        await move.OpenAsync();
        return move;
    }

    public async Task RunAsync(string from, string layout, ImportOptions? options = null)
    {
        options ??= new();
        options = options with { NameOfSecret = secret => ImportOptions.Name(secret, Pepper) };
        await using var source = await SourceDatabase.OpenAsync(from, options.Schema, default);
        var strays = new Strays();
        var accounts = await Layout.All.Single(one => one.Name == layout).ReadAsync(source, options, strays, default);
        await ImportRun.OpenProjectAsync(Ledger, default);
        var target = new LedgerTarget(Ledger, new(Ledger, Pepper), new(Ledger), 1);
        (Outcomes, Totals) = ([], new());
        await new ImportRun(target, layout).RunAsync(
            accounts, outcome =>
            {
                Outcomes.Add(outcome);
                Totals.Add(outcome);
            }, default);
        Strays = [.. strays.Findings];
    }

    public ImportOutcome Of(string accountId) => Outcomes.Single(outcome => outcome.AccountId == accountId);

    public async Task<AccountState> StateAsync(string accountId) =>
        (await Ledger.FindAccountAsync(1, accountId, default))!;

    public Task<Reply> AskAsync(string accountId, AccountCommand command, string? key = null) => Ledger.ExecuteAsync(
        new()
        {
            Chain = ChainKey.OfAccount(1, accountId), AccountId = accountId, Account = command,
            Origin = new(key, [.. new byte[16]], new(2), [.. new byte[16]]),
        },
        default);

    public async Task<List<SealedEntry>> EntriesAsync(string accountId)
    {
        var state = await StateAsync(accountId);
        var entries = new List<SealedEntry>();
        for (var sequence = 1L; sequence <= state.Sequence; sequence++)
            entries.Add((await Ledger.EntryAsync(state.Key, sequence, default))!);
        return entries;
    }

    /// <summary>Closes the books, checks all of them and gives their digest; then they are open again.</summary>
    public async Task<string> VerifyAsync()
    {
        await Ledger.DisposeAsync();
        string digest;
        using (var audit = OpenAudit())
        {
            var faults = new List<AuditFault>();
            digest = StoreVerifier.Run(audit, new() { FindAll = true }, faults.Add).Digest!;
            Assert.Empty(faults);
        }
        await OpenAsync();
        return digest;
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }

    private IStoreAudit OpenAudit() => _folder is not null ? SqliteAudit.Open(_folder) : PostgresAudit.Open(Options);

    private PostgresStoreOptions Options => new()
    {
        Connection = _database!, Clock = PostgresStoreOptions.TestClock, CommitPatience = Patience,
        ReadPatience = Patience, LockPatience = Patience,
    };

    private async Task OpenAsync()
    {
        ILedgerStore store = _folder is null
            ? await PostgresLedgerStore.OpenAsync(Options, StoreFold.Next, default)
            : SqliteLedgerStore.Open(
                new() { Folder = _folder, Clock = SqliteStoreOptions.TestClock }, StoreFold.Next);
        Ledger = new(store, LedgerClock.Test(Start), new LaneOptions(), NullLogger<Ledger>.Instance);
    }
}
