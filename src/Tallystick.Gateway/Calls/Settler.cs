using System.Text;
using Microsoft.Extensions.Logging;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Engine;
using Tallystick.Engine.Ports;

namespace Tallystick.Gateway.Calls;

/// <summary>
/// Ends the holds of calls: each is captured or released once, whatever happens. While the store cannot take it, it is
/// tried again; what a process cannot end before it ends itself, the next one does. Thread-safe.
/// </summary>
internal sealed partial class Settler(Ledger ledger, CallSpool spool, TimeProvider time, ILogger<Settler> logger)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(20), PauseMax = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Notes what the call has come to so far. One that cannot be noted, on a full disk, is charged all the same.
    /// </summary>
    public void Note(SpooledCall call)
    {
        try
        {
            spool.Note(call);
        }
        catch (IOException fault)
        {
            LogNotNoted(fault, call.Key);
        }
    }

    /// <summary>
    /// Takes what the call came to. The entry, or null when there is nothing to take it from any more.
    /// </summary>
    public async Task<SealedEntry?> CaptureAsync(SpooledCall call, Origin origin)
    {
        Note(call);
        var full = new AccountCommand.CaptureHold { Hold = call.Hold, Demand = Demand.Of(call.FullAmount) };
        var command = call.Usage is { } usage
            ? full with { Demand = Demand.Of(usage) }
            : full with { Demand = Demand.Of(call.Amount), Free = call.Free };
        var text = CallText.OfBytes(Encoding.UTF8.GetBytes(call.Text));
        return await EndAsync(call.Chain, call.Hold, command, full, "capture", origin, text);
    }

    /// <summary>Gives back what the call held.</summary>
    public Task ReleaseAsync(ChainKey chain, ThingNumber hold, Origin origin, EntryText text) =>
        EndAsync(chain, hold, new AccountCommand.ReleaseHold(hold), null, "release", origin, text);

    /// <summary>Settles what an earlier process left.</summary>
    public async Task RecoverAsync()
    {
        foreach (var call in spool.Left)
        {
            var placed = await TryUntilAnsweredAsync(
                () => ledger.EntryAsync(call.Chain, call.Hold.Sequence, CancellationToken.None).AsTask());
            var origin = new Origin(null, default, call.Actor, [.. new byte[16]])
            {
                Labels = placed?.Entry.Origin?.Labels ?? [],
            };
            var entry = await CaptureAsync(call, origin);
            CallMeter.Recovered();
            LogRecovered(SpooledCall.KeyOf(call.Chain, call.Hold), call.Amount, entry is not null);
        }
    }

    /// <param name="otherwise">
    /// Should the ledger not be able to price the usage, or what was set aside of the free tier be gone: what was noted
    /// of it stands.
    /// </param>
    private async Task<SealedEntry?> EndAsync(
        ChainKey chain, ThingNumber hold, AccountCommand command, AccountCommand? otherwise, string word, Origin origin,
        EntryText text)
    {
        // The same for each try and each process: an end whose answer was lost is recognised as this one.
        var meaning = CallMeaning.Of($"gateway {word} {SpooledCall.KeyOf(chain, hold)}");
        var request = new LedgerRequest
        {
            Chain = chain, Account = command, Text = text,
            Origin = origin with { Key = null, RequestHash = meaning },
        };
        var reply = await TryUntilAnsweredAsync(() => ledger.ExecuteAsync(request, CancellationToken.None));
        if (reply is Reply.Refused { Rejection: not Rejection.HoldNotOpen } && otherwise is not null)
        {
            var instead = request with { Account = otherwise };
            reply = await TryUntilAnsweredAsync(() => ledger.ExecuteAsync(instead, CancellationToken.None));
        }
        Settled(chain, hold);
        if (reply is Reply.Done done) return done.Entry;
        if (reply is Reply.Refused { Rejection: Rejection.HoldNotOpen }) return null;
        LogNotEnded(word, SpooledCall.KeyOf(chain, hold), reply.Word);
        return null;
    }

    private void Settled(ChainKey chain, ThingNumber hold)
    {
        try
        {
            spool.Settled(chain, hold);
        }
        catch (IOException fault)
        {
            LogNotNoted(fault, SpooledCall.KeyOf(chain, hold));
        }
    }

    private async Task<T> TryUntilAnsweredAsync<T>(Func<Task<T>> ask)
    {
        for (var pause = PauseMin; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            try
            {
                return await ask();
            }
            catch (Exception fault) when (fault is StoreUnavailableException or OverloadedException)
            {
                if (ledger.Running.IsCompleted) throw;
                LogRetry(fault, pause);
                await Task.Delay(pause, time);
            }
        }
    }

    [LoggerMessage(
        30, LogLevel.Warning, "A call could not be settled yet; again in {Pause}", EventName = "settle_retried")]
    private partial void LogRetry(Exception fault, TimeSpan pause);

    [LoggerMessage(
        31, LogLevel.Error, "The {Word} of a call's hold {Hold} was not taken: {Reply}", EventName = "settle_refused")]
    private partial void LogNotEnded(string word, string hold, string reply);

    [LoggerMessage(
        32, LogLevel.Warning, "A call of an earlier process was settled: hold {Hold}, {Amount}, {Taken}",
        EventName = "call_recovered")]
    private partial void LogRecovered(string hold, CreditAmount amount, bool taken);

    [LoggerMessage(
        33, LogLevel.Error, "What the call of hold {Hold} has come to could not be noted", EventName = "note_failed")]
    private partial void LogNotNoted(Exception fault, string hold);
}
