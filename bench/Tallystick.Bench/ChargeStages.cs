using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Api.Charges;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Json;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Lanes;
using Tallystick.Store.Sqlite;

namespace Tallystick.Bench;

/// <summary>The stages of a charge over a real ledger on a real disk, each by itself.</summary>
internal sealed class ChargeStages : IAsyncDisposable
{
    private const int Accounts = 1_000, AtOnce = 64, Inner = 256;
    private static readonly ImmutableArray<byte> TraceId = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private readonly string _folder;
    private readonly CommitWatch _commits;
    private readonly Ledger _ledger;
    private readonly KeyRing _keys;
    private readonly Principal _principal;
    private readonly string _secret;
    private readonly byte[] _body =
        Encoding.ASCII.GetBytes($$"""{"account_id":"{{AccountId(1)}}","amount":"0.001"}""");

    private ChargeStages(
        string folder, CommitWatch commits, Ledger ledger, KeyRing keys, string secret, Principal principal) =>
        (_folder, _commits, _ledger, _keys, _secret, _principal) = (folder, commits, ledger, keys, secret, principal);

    /// <summary>Watches whatever of the stages commits.</summary>
    public CommitWatch Commits => _commits;

    public IEnumerable<Stage> All =>
    [
        Synchronous("authenticate", () => _keys.FindAsync(_secret, default).AsTask().Wait()),
        Synchronous("parse the body", () => RequestBody.Parse(_body, ContractsJson.Default.ChargeRequest)),
        Make(),
        Synchronous("  the meaning's hash", () =>
            Meaning.Of(ChargeEndpoint.Route, null, _request, ContractsJson.Default.ChargeRequest)),
        Synchronous("  the account's number", () => ChainKey.OfAccount(1, _request.AccountId!)),
        Decide(),
        Encode(),
        new("queue, decide, write and flush: 64 at once", AtOnce, run => ChargeAsync(run, AtOnce)),
        new("queue, decide, write and flush: 1,000 at once", 1_000, run => ChargeAsync(run, 1_000)),
        Answer(),
    ];

    private readonly ChargeRequest _request = new() { AccountId = AccountId(1), Amount = new(1_000) };

    public static async Task<ChargeStages> OpenAsync()
    {
        var folder = Directory.CreateTempSubdirectory("tally-bench-").FullName;
        var commits = new CommitWatch();
        var store = SqliteLedgerStore.Open(new() { Folder = folder, FaultPoint = commits.Pass }, StoreFold.Next);
        var ledger = new Ledger(
            store, new LedgerClock(TimeProvider.System), new LaneOptions(), NullLogger<Ledger>.Instance);
        var keys = new KeyRing(ledger, new byte[32]);
        var secret = (await FirstKey.EnsureAsync(ledger, keys, null, default)).Shown!;
        var stages = new ChargeStages(folder, commits, ledger, keys, secret, (await keys.FindAsync(secret, default))!);
        for (var i = 0; i < Accounts; i++) await stages.OpenAccountAsync(AccountId(i));
        return stages;
    }

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _commits.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string AccountId(int number) => $"bench-{number:D7}";

    private Caller CallerOf(string key) => new(_ledger, _principal, TraceId, key)
    {
        Payers = new(_keys, new LicenseDirectory(_ledger)),
    };

    private async Task OpenAccountAsync(string accountId)
    {
        var chain = ChainKey.OfAccount(1, accountId);
        var origin = new Origin(null, TraceId, default, TraceId);
        await Ask(new AccountCommand.PutAccount(accountId));
        await Ask(new AccountCommand.GiveCredits
        {
            Amount = new(1_000_000_000_000), Kind = GrantKind.Purchase, Bucket = "purchase",
        });

        async Task Ask(AccountCommand command) => await _ledger.ExecuteAsync(
            new() { Chain = chain, AccountId = accountId, Account = command, Origin = origin }, default);
    }

    private Stage Make()
    {
        var caller = CallerOf("bench-000000000001");
        return Synchronous("make the command", () => ChargeEndpoint.MakeAsync(caller, _request).AsTask().Wait());
    }

    private Stage Decide()
    {
        var (state, command, envelope) = Example();
        return Synchronous("decide, encode and hash the entry", () =>
            AccountRules.Decide(state.Key, state, command, envelope, LoadedRecords.None));
    }

    private Stage Encode()
    {
        var (state, command, envelope) = Example();
        var accepted = (Decision.Accepted)AccountRules.Decide(state.Key, state, command, envelope, LoadedRecords.None);
        var entry = accepted.Entries[0].Entry;
        return Synchronous("  encode and hash the entry", () => HashChain.Next(EntryCodec.Encode(entry), state.Head));
    }

    private Stage Answer()
    {
        var (state, command, envelope) = Example();
        var accepted = (Decision.Accepted)AccountRules.Decide(state.Key, state, command, envelope, LoadedRecords.None);
        var entry = accepted.Entries[0].Entry;
        return Synchronous("answer", () => JsonSerializer.SerializeToUtf8Bytes(
            Receipts.Charge(entry, state.AccountId), ContractsJson.Default.MovementResponse));
    }

    private (AccountState, AccountCommand, Envelope) Example()
    {
        var state = _ledger.FindAccountAsync(1, AccountId(1), default).AsTask().Result!;
        var origin = new Origin("bench-000000000001", TraceId, _principal.Key, TraceId);
        var command = new AccountCommand.ChargeCredits(Demand.Of(new CreditAmount(1_000)), null);
        var terms = new ProjectTerms(ProjectSettings.Default, TierBook.Empty, ZonedCalendar.Instance);
        return (state, command, new(_ledger.Clock.Now, terms, origin));
    }

    private async ValueTask ChargeAsync(int run, int atOnce)
    {
        var replies = new Task<Reply>[atOnce];
        for (var i = 0; i < atOnce; i++)
        {
            var accountId = AccountId((run * 31 + i) % Accounts);
            replies[i] = _ledger.ExecuteAsync(
                new()
                {
                    Chain = ChainKey.OfAccount(1, accountId), AccountId = accountId,
                    Account = new AccountCommand.ChargeCredits(Demand.Of(new CreditAmount(1_000)), null),
                    Origin = new($"{atOnce}-{run}-{i}", TraceId, _principal.Key, TraceId),
                },
                default);
        }
        foreach (var reply in await Task.WhenAll(replies))
            if (reply is not Reply.Done) throw new InvalidOperationException(reply.ToString());
    }

    private static Stage Synchronous(string name, Action once) => new(name, Inner, _ =>
    {
        for (var i = 0; i < Inner; i++) once();
        return default;
    });
}
