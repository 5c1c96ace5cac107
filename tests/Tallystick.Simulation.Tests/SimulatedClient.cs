using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Ports;

namespace Tallystick.Simulation.Tests;

/// <summary>
/// Asks until it has an answer, of any node, now and then of several at once; always with the same key for the same
/// thing.
/// </summary>
internal sealed class SimulatedClient(World world, Cluster cluster, string name)
{
    private const int AsksMax = 40;
    private static readonly string[] Accounts = ["acme", "beta", "gamma"];
    private static readonly ImmutableArray<byte> NoTrace = [.. new byte[16]];

    public async Task RunAsync(int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            var account = world.Any(Accounts);
            var request = RequestOf(account, Next(account), $"{name}-{i}");
            var asked = new List<Task<Reply?>> { AskAsync(request) };
            if (world.Chance(0.1)) asked.Add(AskAsync(request));
            foreach (var ask in asked) await HeardAsync(request, await ask);
            if (world.Chance(0.3)) await ReadAsync(request.Chain, account);
        }
    }

    public static LedgerRequest Opening(string account) =>
        RequestOf(account, new AccountCommand.PutAccount(account), null);

    public static IReadOnlyList<string> AllAccounts => Accounts;

    /// <summary>Null where it gave up: it may or may not have been done.</summary>
    private async Task<Reply?> AskAsync(LedgerRequest request)
    {
        for (var asked = 0; asked < AsksMax; asked++)
        {
            await world.PauseAsync();
            if (cluster.AnyNode() is not { } node) continue;
            try
            {
                if (await node.AskAsync(request) is { } reply) return reply;
            }
            catch (Exception fault) when (fault is StoreUnavailableException or OverloadedException)
            {
                // A 503: asked again.
            }
        }
        return null;
    }

    private async Task HeardAsync(LedgerRequest request, Reply? reply)
    {
        world.Note($"{name} {request.AccountId} {request.Origin!.Key} {request.Account!.GetType().Name}: "
            + (reply is Reply.Refused refused ? refused.Rejection.ToString() : reply?.Word ?? "no answer"));
        Observer.Require(reply is not Reply.KeyMismatch, $"{request.Origin.Key} is said to be another's");
        if (reply is not Reply.Done done) return;
        await cluster.ObserveAsync(store => cluster.Observer.AcknowledgedAsync(request, done, store));
        cluster.Things.Note(request.AccountId!, done.Entry.Entry);
    }

    /// <summary>Any node shows what anybody has been told.</summary>
    private async Task ReadAsync(ChainKey chain, string account)
    {
        var told = cluster.Observer.SequenceOf(chain);
        if (cluster.AnyNode() is not { } node) return;
        try
        {
            var state = await node.Ledger.FindAccountAsync(1, account, default);
            if (node.Store.IsDead) return;
            Observer.Require(
                (state?.Sequence ?? 0) >= told, $"{node.Name} shows {account} at {state?.Sequence} after {told}");
        }
        catch (StoreUnavailableException)
        {
            // A 503.
        }
    }

    private AccountCommand Next(string account)
    {
        var now = Instant.From(world.Time.GetUtcNow());
        return world.Random.Next(100) switch
        {
            < 18 => new AccountCommand.GiveCredits
            {
                Amount = Amount(40), Kind = GrantKind.Purchase, Bucket = world.Chance(0.5) ? "monthly" : "addon",
                Priority = 100 + world.Random.Next(-1, 2),
                EffectiveAt = world.Chance(0.2) ? Soon(now) : null,
                ExpiresAt = world.Chance(0.4) ? Soon(now) : null,
            },
            < 45 => new AccountCommand.ChargeCredits(Demand.Of(Amount(9)), null),
            < 62 => new AccountCommand.PlaceHold { Demand = Demand.Of(Amount(9)), ExpiresAt = Soon(now) },
            < 76 => new AccountCommand.CaptureHold
            {
                Hold = cluster.Things.Hold(account, world), Demand = Demand.Of(Amount(9)),
                Final = world.Chance(0.7), Mode = world.Any(Enum.GetValues<CaptureMode>()),
            },
            < 82 => new AccountCommand.ReleaseHold(cluster.Things.Hold(account, world)),
            < 85 => new AccountCommand.ExtendHold(cluster.Things.Hold(account, world), Soon(now)),
            < 95 => new AccountCommand.RefundCharge(
                cluster.Things.Charge(account, world), world.Chance(0.5) ? Amount(5) : null, null),
            < 97 => new AccountCommand.VoidGrant(cluster.Things.Grant(account, world), world.Chance(0.3)),
            < 98 => new AccountCommand.SuspendAccount(),
            _ => new AccountCommand.ReactivateAccount(),
        };
    }

    private CreditAmount Amount(int max) => new(world.Random.Next(1, max * 4) * 250_000L);

    private Instant Soon(Instant now) =>
        now.Plus(Duration.FromSeconds(world.Any([5, 300, 1_000, 5_000, 50_000, 200_000])));

    private static LedgerRequest RequestOf(string account, AccountCommand command, string? key) => new()
    {
        Chain = ChainKey.OfAccount(1, account), AccountId = account, Account = command,
        Origin = new(
            key, [.. SHA256.HashData(Encoding.UTF8.GetBytes($"{command}"))[..16]], default, NoTrace),
    };
}
