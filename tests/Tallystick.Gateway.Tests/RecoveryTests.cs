using System.Text;
using Microsoft.AspNetCore.Http;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Usage;
using Tallystick.Engine.Ports;
using Tallystick.Gateway.Calls;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>What a process leaves when it ends in the middle of a call, the next one settles, once.</summary>
public sealed class RecoveryTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"tally-calls-{Guid.NewGuid():N}");

    public void Dispose()
    {
        foreach (var file in (string[])["", ".lock", ".copy.lock"]) File.Delete(_path + file);
    }

    [Fact]
    public void A_second_process_is_refused_the_notes_of_another()
    {
        using (CallSpool.Open(_path))
        {
            var refused = Assert.Throws<Tallystick.Engine.Ports.StoreRefusedException>(() => CallSpool.Open(_path));
            Assert.Contains(_path, refused.Message);
        }
        using var again = CallSpool.Open(_path);
        Assert.Empty(again.Left);
    }

    [Fact]
    public void A_spool_gives_back_the_last_note_of_each_call_that_was_not_settled()
    {
        var chain = ChainKey.OfAccount(1, "acme");
        using (var spool = CallSpool.Open(_path))
        {
            spool.Note(Call(1, 5));
            spool.Note(Call(2, 6));
            spool.Note(Call(1, 7));
            spool.Note(Call(3, 8));
            spool.Settled(chain, new(2));
        }
        File.AppendAllText(_path, """{"project":1,"chain":5,"hol""");
        using var again = CallSpool.Open(_path);
        Assert.Equal([Call(1, 7), Call(3, 8)], again.Left);

        SpooledCall Call(long hold, long credits) =>
            new(chain, new(hold), new(9), CreditAmount.FromCredits(credits), $"{{\"é\":\"{hold}\"}}");
    }

    /// <param name="isOneModels">Else the ledger is told the amount, and what of it is free.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_note_says_what_was_used_and_what_of_it_was_free(bool isOneModels)
    {
        var usage = new MeteredUsage
        {
            Provider = "openai", Model = "gpt-5", Region = "us", Mode = UsageMode.Flex,
            Quantities = [new(Unit.Input, ExactDecimal.From(7)), new(Unit.Seconds, ExactDecimal.From(25, scale: 1))],
        };
        var call = new SpooledCall(ChainKey.OfAccount(1, "acme"), new(1), new(9), CreditAmount.FromCredits(5), "{}")
        {
            Usage = isOneModels ? usage : null, Free = new(new(1, 10), CreditAmount.FromCredits(2)),
        };
        using (var spool = CallSpool.Open(_path)) spool.Note(call);
        using var again = CallSpool.Open(_path);
        var left = Assert.Single(again.Left);
        Assert.Equal(call with { Usage = null }, left with { Usage = null });
        Assert.Equal(CreditAmount.FromCredits(7), left.FullAmount);
        Assert.Equal(call.Usage?.Quantities, left.Usage?.Quantities);
        Assert.Equal(call.Usage, left.Usage is null ? null : left.Usage with { Quantities = usage.Quantities });
    }

    [Fact]
    public void A_spool_does_not_grow_when_its_calls_are_settled()
    {
        using var spool = CallSpool.Open(_path);
        var chain = ChainKey.OfAccount(1, "acme");
        for (var i = 1; i <= 2_000; i++)
        {
            spool.Note(new(chain, new(i), new(9), default, new string('x', 2_000)));
            spool.Settled(chain, new(i));
        }
        Assert.InRange(new FileInfo(_path).Length, 0, 1_100_000);
    }

    [Fact]
    public void Nor_does_it_while_one_call_goes_on_and_on()
    {
        var chain = ChainKey.OfAccount(1, "acme");
        var endless = Call(3_000);
        using (var spool = CallSpool.Open(_path))
        {
            spool.Note(endless);
            for (var i = 1; i <= 2_000; i++)
            {
                spool.Note(Call(i));
                spool.Settled(chain, new(i));
            }
            Assert.InRange(new FileInfo(_path).Length, 0, 1_100_000);
        }
        using var again = CallSpool.Open(_path);
        Assert.Equal([endless], again.Left);

        SpooledCall Call(long hold) => new(chain, new(hold), new(9), default, new string('x', 2_000));
    }

    [Fact]
    public async Task A_call_that_cannot_be_noted_is_charged_all_the_same()
    {
        var folder = Directory.CreateDirectory(_path + ".away").FullName;
        await using var server = await GatewayServer.StartAsync(spool: Path.Combine(folder, "notes"));
        // From the first mebibyte on, the notes go into another file, which has no place any more.
        Directory.Delete(folder, recursive: true);
        server.Upstream.Says(200, Spoken.Answer.Replace("Hello", new string('x', 200_000), StringComparison.Ordinal));
        for (var i = 0; i < 6; i++)
        {
            var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask, ("Idempotency-Key", $"key-{i}"));
            Assert.Equal((200, true), (said.Status, said.Headers.ContainsKey("Tally-Charge-Id")));
        }
        Assert.Equal(6, (await server.CapturesAsync()).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_was_cut_off_is_charged_by_its_last_note_and_only_once_G8(bool isFree)
    {
        var store = new MemoryStore();
        var copy = _path + ".copy";
        await using (var server = await GatewayServer.StartAsync(isFree ? 0 : 1_000_000, store: store, spool: _path))
        {
            if (isFree) await server.TakeFreeTierAsync(new(Requests: 1, Tokens: null, []));
            var noted = new TaskCompletionSource();
            server.Upstream.Script = async context =>
            {
                context.Response.ContentType = "text/event-stream";
                foreach (var pause in (int[])[0, 2_100, 300])
                {
                    await Task.Delay(pause);
                    await context.Response.WriteAsync("data: {\"choices\":[{\"delta\":{\"content\":\"1234\"}}]}\n\n");
                    await context.Response.Body.FlushAsync();
                }
                noted.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            };
            var call = server.PostAsync("/v1/chat/completions", Spoken.AskStream);
            await noted.Task;
            await Task.Delay(100);
            // What a killed process leaves: its notes as they are now, its hold open.
            File.Copy(_path, copy, overwrite: true);
            Assert.Single((await server.StateAsync()).Holds);
            await RestartAsync(store, copy);
            server.Http.CancelPendingRequests();
            await Assert.ThrowsAnyAsync<Exception>(() => call);
        }
        // Eight characters had come when the note was made.
        var expected = CreditAmount.FromCredits(((Spoken.AskStream.Length + 3) / 4) + (2 * 2));
        await using var after = await GatewayServer.StartAsync(store: store, spool: copy);
        Assert.Equal([isFree ? default : expected], await after.CapturesAsync());
        if (isFree)
        {
            var state = await after.StateAsync();
            Assert.Equal((1L, default), (state.Membership!.FreeUsed.Requests, state.Owed));
            Assert.Equal(expected, state.Membership.FreeCredits);
        }
        var last = (await after.EntriesAsync())[^1];
        Assert.NotNull(((EntryBody.Captured)last.Entry.Body).Priced);
        var record = GatewayServer.Metadata(last);
        Assert.Equal(("Killed", true), ((string?)record["end"], (bool)record["estimated"]!));
        File.Delete(copy);
    }

    /// <summary>
    /// Another process on the same books, which are away for a moment, until it has settled what the first left and
    /// noted that.
    /// </summary>
    private static async Task RestartAsync(MemoryStore store, string spool)
    {
        var faults = 3;
        store.BeforeRead = () =>
        {
            if (Interlocked.Decrement(ref faults) >= 0) throw new StoreUnavailableException("away");
        };
        await using (var server = await GatewayServer.StartAsync(store: store, spool: spool))
        {
            await server.SettledAsync();
            using var patience = new CancellationTokenSource(Patience);
            while (!(await File.ReadAllTextAsync(spool, patience.Token)).Contains("settled", StringComparison.Ordinal))
                await Task.Delay(20, patience.Token);
        }
        using var notes = CallSpool.Open(spool);
        Assert.Empty(notes.Left);
    }
}
