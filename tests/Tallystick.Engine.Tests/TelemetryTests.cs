using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;
using Tallystick.Engine.Telemetry;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>What can be seen of a ledger from outside. Alone, since meters and sources are the process's.</summary>
[Collection(nameof(Alone))]
public sealed class TelemetryTests : IAsyncLifetime
{
    private readonly MemoryStore _store = new();
    private readonly LogRecorder _log = new();
    private readonly ConcurrentQueue<(string Name, double Value, string Tag)> _measured = new();
    private readonly MeterListener _listener = new();
    private readonly Ledger _ledger;

    public TelemetryTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Signals.Name) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
        _ledger = new(_store, new(TimeProvider.System), new LaneOptions(), _log.For<Ledger>());
    }

    public async ValueTask InitializeAsync()
    {
        await Ask(new AccountCommand.PutAccount("acme"));
        await Ask(new AccountCommand.GiveCredits
        {
            Amount = CreditAmount.FromCredits(100), Kind = GrantKind.Purchase, Bucket = "purchase",
        });
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _ledger.DisposeAsync();
    }

    [Fact]
    public async Task A_turn_reports_what_its_commands_came_to()
    {
        await Ask(Charge(7), "k");
        await Ask(Charge(7), "k");
        await Ask(Charge(8), "k");
        await Ask(Charge(1_000));
        _listener.RecordObservableInstruments();

        Assert.Equal(3, Sum("tallystick.commands", "done"));
        Assert.Equal(1, Sum("tallystick.commands", "replayed"));
        Assert.Equal(1, Sum("tallystick.commands", "key_mismatch"));
        Assert.Equal(1, Sum("tallystick.commands", "refused"));
        Assert.Equal(1, Sum("tallystick.refusals", "insufficient_credits"));
        Assert.Equal(1, Sum("tallystick.entries", "charge"));
        Assert.Equal(1, Sum("tallystick.states.cached", ""));
        Assert.Equal(6, _measured.Count(one => one.Name == "tallystick.batch.size"));
        Assert.Equal(3, _measured.Count(one => one.Name == "tallystick.commit.duration"));
    }

    [Fact]
    public async Task A_batch_that_is_not_stored_is_one_fault_in_log_and_count()
    {
        _store.BeforeCommit = _ => throw new StoreUnavailableException("told to");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ask(Charge(1)));
        _listener.RecordObservableInstruments();

        Assert.Equal(1, Sum("tallystick.store.faults", ""));
        Assert.Equal(1, Sum("tallystick.commands", "fault"));
        Assert.Single(_log.Events, one => one is { Name: "batch_failed", Level: LogLevel.Error });
    }

    [Fact]
    public async Task At_the_default_level_there_is_one_event_a_batch()
    {
        var before = _log.Events.Count;
        await Ask(Charge(1));
        await Ask(Charge(1_000));

        Assert.Equal(["batch_committed", "batch_committed"], _log.Events.Skip(before).Select(one => one.Name));
    }

    [Fact]
    public async Task A_watched_request_tells_every_step_under_its_trace_id()
    {
        await Ask(Charge(7), steps: new("trace-of-it", _log.CreateLogger("steps"), default));
        await Ask(Charge(1_000), steps: new("trace-of-refusal", _log.CreateLogger("steps"), default));

        Assert.Equal(["step_queued", "step_decided", "step_committed"], StepsOf("trace-of-it").Select(one => one.Name));
        var decided = StepsOf("trace-of-it").ElementAt(1);
        Assert.Equal(("acme", "charge", "93.000000"),
            (decided.Fields["AccountId"], decided.Fields["Kind"], decided.Fields["Available"]));
        Assert.Matches("^spend 7.000000 of grt_[a-z0-9]{22}$", decided.Fields["Split"]);
        Assert.Equal(["step_queued", "step_refused"], StepsOf("trace-of-refusal").Select(one => one.Name));
        Assert.Equal("insufficient_credits", StepsOf("trace-of-refusal").Last().Fields["Code"]);
    }

    [Fact]
    public async Task A_traced_request_has_a_span_for_every_step_under_its_own()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Signals.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var parent = new ActivityContext(
            ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        await Ask(Charge(7), steps: new("t", null, parent));

        Assert.Equal(["queue", "decide", "commit"], spans.Select(span => span.OperationName));
        Assert.All(spans, span => Assert.Equal((parent.TraceId, parent.SpanId), (span.TraceId, span.ParentSpanId)));
        Assert.All(spans, span => Assert.True(span.Duration > TimeSpan.Zero));
    }

    [Fact]
    public async Task The_ledger_is_ready_as_soon_as_the_store_takes_commits_again()
    {
        Assert.Null(await FaultAsync());
        _store.BeforeCommit = _ => throw new StoreUnavailableException("told to");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Ask(Charge(1)));
        Assert.Equal("the store takes no commits", await FaultAsync());
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        Assert.Equal("the store takes no commits", await FaultAsync());

        _store.BeforeCommit = null;
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        Assert.Null(await FaultAsync());
        _store.IsBehind = true;
        Assert.Equal("the store is catching up", await FaultAsync());
    }

    private static AccountCommand.ChargeCredits Charge(long credits) =>
        new(Demand.Of(CreditAmount.FromCredits(credits)), null);

    private Task<string?> FaultAsync() => _ledger.FindFaultAsync(TestContext.Current.CancellationToken);

    private IEnumerable<LoggedEvent> StepsOf(string trace) =>
        _log.Events.Where(one => one.Fields.GetValueOrDefault("TraceId") == trace);

    private double Sum(string name, string tag) =>
        _measured.Where(one => one.Name == name && one.Tag == tag).Sum(one => one.Value);

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue((instrument.Name, value, tags.Length == 0 ? "" : (string)tags[0].Value!));

    private Task<Reply> Ask(AccountCommand command, string? key = null, Steps? steps = null) => _ledger.ExecuteAsync(
        new()
        {
            Chain = ChainKey.OfAccount(1, "acme"), AccountId = "acme", Account = command, Steps = steps,
            Origin = new(
                key, [.. BitConverter.GetBytes(command.GetHashCode()), .. new byte[12]], default,
                new byte[16].ToImmutableArray()),
        },
        TestContext.Current.CancellationToken);
}
