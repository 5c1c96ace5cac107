using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;

namespace Tallystick.Nodes.Tests;

/// <summary>A node in this process: the real ledger over the real store.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private static readonly ImmutableArray<byte> NoTrace = [.. new byte[16]];

    private TestNode(ILedgerStore store, LedgerClock clock, int lanes)
    {
        Store = store;
        Ledger = new(store, clock, new LaneOptions { Lanes = lanes }, NullLogger<Ledger>.Instance);
    }

    public ILedgerStore Store { get; }
    public Ledger Ledger { get; }

    public static Task<TestNode> StartAsync(string connection, int lanes = 2) =>
        StartAsync(new PostgresStoreOptions { Connection = connection }, lanes);

    public static async Task<TestNode> StartAsync(PostgresStoreOptions options, int lanes = 2)
    {
        var store = await PostgresLedgerStore.OpenAsync(options, StoreFold.Next, default);
        return new(store, new(store.Clock), lanes);
    }

    /// <summary>Any store, with a clock that stands still.</summary>
    public static TestNode Of(ILedgerStore store, Instant start) => new(store, LedgerClock.Test(start), 1);

    public static async Task<TestNode[]> StartManyAsync(string connection, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => StartAsync(connection)));

    /// <summary>Where time is not what is tested: a busy machine shall not fail a test.</summary>
    public static async Task<TestNode[]> StartPatientAsync(string connection, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => StartAsync(Patient(connection))));

    public static PostgresStoreOptions Patient(string connection) => new()
    {
        Connection = connection, CommitPatience = TimeSpan.FromSeconds(20), ReadPatience = TimeSpan.FromSeconds(20),
        LockPatience = TimeSpan.FromSeconds(10),
    };

    public static ChainKey ChainOf(string account) => ChainKey.OfAccount(1, account);

    public Task<Reply> AskAsync(
        string account, AccountCommand command, string? key = null, EntryText? text = null) => Ledger.ExecuteAsync(
        new()
        {
            Chain = ChainOf(account), AccountId = account, Account = command, Text = text,
            Origin = new(
                key, [.. SHA256.HashData(Encoding.UTF8.GetBytes(command.ToString()!))[..16]], default, NoTrace),
        },
        default);

    public Task<Reply> ProjectAsync(ProjectCommand command) => Ledger.ExecuteAsync(
        new()
        {
            Chain = ChainKey.OfProject(1), Project = command, Origin = new(null, NoTrace, default, NoTrace),
        },
        default);

    /// <summary>As a client does that was told to come again.</summary>
    public async Task<Reply> InsistAsync(
        string account, AccountCommand command, string? key = null, EntryText? text = null)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await AskAsync(account, command, key, text);
            }
            catch (StoreUnavailableException) when (attempt < 20)
            {
                await Task.Delay(100);
            }
        }
    }

    public Task<Reply> ChargeAsync(string account, long credits, string key) => AskAsync(account, Charge(credits), key);

    public static AccountCommand Charge(long credits) =>
        new AccountCommand.ChargeCredits(Demand.Of(CreditAmount.FromCredits(credits)), null);

    /// <summary>What a command comes to, for a commit by hand.</summary>
    /// <param name="at">When it is decided; null: as soon as may be.</param>
    public static ChainChange Decide(ChainState state, AccountCommand command, string key, Instant? at = null)
    {
        var envelope = new Envelope(
            at ?? state.LastAt, new(ProjectSettings.Default, TierBook.Empty, ZonedCalendar.Instance), new(
                key, NoTrace, default, NoTrace));
        var accepted = (Decision.Accepted)AccountRules.Decide(
            state.Key, (AccountState)state, command, envelope, LoadedRecords.None);
        return new()
        {
            Key = state.Key, SequenceBefore = state.Sequence, HeadBefore = state.Head, Entries = accepted.Entries,
            State = accepted.State, Records = accepted.Records,
        };
    }

    public Task<Reply> GrantAsync(string account, long credits, string key) =>
        AskAsync(account, Grant(credits), key);

    public static AccountCommand Grant(long credits) => new AccountCommand.GiveCredits
    {
        Amount = CreditAmount.FromCredits(credits), Kind = GrantKind.Purchase, Bucket = "purchase",
    };

    /// <summary>An account with so many credits.</summary>
    public async Task OpenAsync(string account, long credits)
    {
        await InsistAsync(account, NewAccount(account));
        if (credits > 0) await InsistAsync(account, Grant(credits), $"opening-{account}");
    }

    public static AccountCommand NewAccount(string account) =>
        new AccountCommand.PutAccount(account);

    public async Task<AccountState?> StateAsync(string account) => await Ledger.FindAccountAsync(1, account, default);

    public async ValueTask DisposeAsync() => await Ledger.DisposeAsync();
}
