using System.Text;
using System.Text.Json.Nodes;
using Tallystick.Core.Journal;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Pricing;

namespace Tallystick.Gateway.Calls;

/// <summary>A call that an upstream answers: passed on, metered on the way, noted now and then, and captured.</summary>
internal sealed class AnsweredCall(
    CallServices services, CallRequest request, HeldCall held, PricedRoute route, CallPrices prices)
{
    private static readonly TimeSpan NoteEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReceiptPatience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A provider's own usage object beyond it is left out of the record; its figures are in it all the same.
    /// </summary>
    private const int RawBytesMax = 8 << 10;

    private readonly CallRating _rating = new(route, prices, held.Free);
    private ResponseMeter _meter = new(request.Dialect.Response, isEventStream: false);
    private RecordedAnswer? _recorded;
    private TimeSpan? _firstByte;
    private long _notedAt;
    private long _bytes;

    public required string ContentType { get; init; }
    public required IReadOnlyList<Attempt> Attempts { get; init; }
    public required long Started { get; init; }

    private bool IsJson => ContentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase);
    private bool IsEventStream => ContentType.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);

    /// <summary>Passes the answer on; what is no stream is kept until it is settled.</summary>
    public async Task<(RelayEnd End, ICallAnswer Listener)> PassAsync(
        HttpResponseMessage response, ICallAnswer answer, CancellationToken stopping)
    {
        _meter = new(request.Dialect.Response, IsEventStream);
        _notedAt = services.Time.GetTimestamp();
        var listener = answer;
        if (request.KeepsAnswer) listener = _recorded = new(listener);
        var isKept = !request.Call.IsStream && (request.Dialect.AnswersInJson || IsJson);
        if (isKept) listener = new BufferedAnswer(listener);
        listener.Begin(200, ContentType, [new("Tally-Hold-Id", held.Id)]);
        var hides = IsEventStream && !request.Call.AsksForUsage;
        var relay = new Relay(_meter, listener, route.Route.Upstream, services.Time)
        {
            Filter = hides ? new(_meter) : null, Passed = Passed,
        };
        using var body = await response.Content.ReadAsStreamAsync(stopping);
        var end = await relay.RunAsync(body, stopping);
        _firstByte = relay.FirstByte;
        return (end, listener);
    }

    /// <summary>The provider has said everything that it had to say.</summary>
    public bool IsWhole(RelayEnd end)
    {
        if (_meter.HasError) return false;
        if (IsJson && !_meter.IsBalanced) return false;
        if (_meter.IsComplete && IsEventStream) return true;
        return end == RelayEnd.Complete && (!IsEventStream || !request.Dialect.HasEndMark || IsUsageLast);
    }

    /// <summary>The figures are those of the whole answer, or of all of it that there was.</summary>
    private bool HasLastFigures(RelayEnd end) => IsWhole(end) || (IsEventStream && IsUsageLast);

    private bool IsUsageLast => _meter is { HasUsage: true, HasOutputSince: false } && !request.Dialect.TellsUsageEarly;

    /// <summary>
    /// The client got something, or the provider says that it worked. An answer that was to be given whole and is not
    /// was never given.
    /// </summary>
    public bool IsWorthPaying(RelayEnd end, ICallAnswer listener)
    {
        if (listener is BufferedAnswer { HasBegun: false } && !IsWhole(end)) return false;
        return _meter.OutputBytes > 0 || _meter.Images > 0
            || (IsWhole(end) && _meter.HasVectors)
            || (HasLastFigures(end) && _meter.Read().Parts.Any(part => !part.Quantities.IsEmpty))
            || (!request.Dialect.AnswersInJson && _bytes > 0);
    }

    public async Task<Receipt?> CaptureAsync(RelayEnd end, ICallAnswer listener)
    {
        var cost = _rating.Rate(_meter, HasLastFigures(end));
        CallMeter.Charged(cost.Estimated);
        if (!cost.Estimated)
            services.Planner.Note(held.Chain, route.Route.Model, cost.Count(Core.Usage.Unit.Output));
        var tokens = (cost.Count(Core.Usage.Unit.Input) ?? 0) + (cost.Count(Core.Usage.Unit.Output) ?? 0);
        services.Limits.Note(request.Holder.Caller, request.Holder.AccountId, tokens);
        // What broke off is no answer to be given again as if it were whole.
        var answer = !request.KeepsAnswer || !IsWhole(end) ? null
            : listener is BufferedAnswer { HasBegun: false } buffered ? Storable(buffered.Kept)
            : _recorded?.Kept;
        var origin = new Origin(null, default, request.Holder.Key, request.TraceBytes) { Labels = held.Labels };
        var capture = services.Settler.CaptureAsync(Spooled(cost, $"{end}", answer), origin);
        // The store is away: the answer goes out, what it cost is noted, and it is taken as soon as it can be.
        var first = await Task.WhenAny(capture, Task.Delay(ReceiptPatience, services.Time));
        return first == capture && await capture is { } entry ? Receipt.Of(entry) : null;
    }

    private static byte[]? Storable(ReadOnlyMemory<byte> answer) =>
        answer.Length <= RecordedAnswer.BytesMax ? answer.ToArray() : null;

    /// <summary>Tells a client that the stream has ended before its time.</summary>
    public async Task BreakOffAsync(ICallAnswer listener, GatewayError error)
    {
        if (IsEventStream && _meter.IsBetweenEvents)
            await listener.WriteAsync(error.ToEvent(request.Dialect, request.TraceId), CancellationToken.None);
        else listener.Abort();
    }

    /// <summary>A last comment of a stream of events, which every client passes over: the receipt.</summary>
    public async Task CloseAsync(ICallAnswer listener, Receipt? receipt)
    {
        if (!IsEventStream || receipt is null || !_meter.IsBetweenEvents) return;
        var json = new JsonObject(
            receipt.Headers().Select(header => KeyValuePair.Create(header.Key, (JsonNode?)header.Value)));
        await listener.WriteAsync(Encoding.UTF8.GetBytes($": {json.ToJsonString()}\n\n"), CancellationToken.None);
    }

    private void Passed(int bytes)
    {
        _bytes += bytes;
        if (services.Time.GetElapsedTime(_notedAt) < NoteEvery) return;
        _notedAt = services.Time.GetTimestamp();
        if (_meter.OutputBytes > 0)
            services.Settler.Note(Spooled(_rating.Rate(_meter, isWhole: false), "Killed", answer: null));
    }

    private SpooledCall Spooled(CallCost cost, string end, byte[]? answer)
    {
        var record = CallRecord.Of(request, Attempts, services.Time.GetElapsedTime(Started));
        CallRecord.Add(record, route, cost, held);
        record["end"] = end;
        if (_firstByte is { } first) record["first_byte_ms"] = (long)first.TotalMilliseconds;
        if (_meter.Read().Raw is { } raw && raw.ToJsonString() is { Length: <= RawBytesMax } json)
            record["raw_usage"] = JsonNode.Parse(json);
        var text = new JsonObject
        {
            ["description"] = $"{route.Route.Model} through {route.Route.Upstream.Name}", ["metadata"] = record,
        };
        if (answer is not null) text["answer"] = new StoredAnswer(ContentType, answer).ToJson();
        return new(held.Chain, held.Hold, request.Holder.Key, cost.Total, text.ToJsonString())
        {
            Usage = cost.Usage, Free = cost.Free,
        };
    }
}
