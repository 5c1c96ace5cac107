using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Tallystick.Core.Money;
using Tallystick.Core.Usage;
using Tallystick.Gateway.Dialects.Usage;
using Tallystick.Gateway.Wire;

namespace Tallystick.Gateway.Dialects;

/// <summary>
/// Reads usage out of a response as it passes, in constant memory: fed with the pieces that go to the client, asked at
/// any time what it has seen. One response each; not thread-safe.
/// </summary>
internal sealed class ResponseMeter : IJsonSink
{
    private const string SearchCall = "_search_call", ImageCompleted = "image_generation.completed";
    private readonly ResponseShape _shape;
    private readonly JsonScanner _scanner;
    private readonly SseReader? _events;
    private readonly UsageObject _usage = new();
    private readonly Dictionary<string, long> _searches = new(StringComparer.Ordinal);
    private UsageDoubts _doubts;
    private long _outputBytesAtUsage;
    private ExactDecimal? _duration;

    public ResponseMeter(ResponseShape shape, bool isEventStream)
    {
        _shape = shape;
        _scanner = new(shape.Paths, this);
        _events = isEventStream ? new(_scanner) : null;
    }

    /// <summary>The model that answered, as it calls itself.</summary>
    public string? Model { get; private set; }
    public string? ServiceTier { get; private set; }

    /// <summary>Bytes of text that the model has produced, as JSON writes them: what an estimate goes by.</summary>
    public long OutputBytes { get; private set; }
    public long Images { get; private set; }

    /// <summary>There are embeddings.</summary>
    public bool HasVectors { get; private set; }

    /// <summary>What is no stream of events has closed all that it opened; cut off it has not.</summary>
    public bool IsBalanced => _scanner.IsBalanced;

    /// <summary>The provider has said something of its usage.</summary>
    public bool HasUsage { get; private set; }

    /// <summary>Text has come after the last that was said of usage.</summary>
    public bool HasOutputSince => OutputBytes > _outputBytesAtUsage;

    /// <summary>The response says that it failed, if need be in the middle of a stream.</summary>
    public bool HasError { get; private set; }

    /// <summary>Events with data, or 0 where the response is no stream.</summary>
    public long Events => _events?.Events ?? 0;

    /// <summary>No event is half read.</summary>
    public bool IsBetweenEvents => _events is null or { IsBetweenEvents: true };

    /// <summary>The stream came to the end that its dialect knows.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>In the event that is passing or the last one: it has usage; it has choices.</summary>
    public bool EventHasUsage { get; private set; }
    public bool EventHasChoices { get; private set; }

    /// <summary>What was taken last still belongs to the event before.</summary>
    public bool TookTail => _events is { TookTail: true };

    /// <summary>Reads a piece; of a stream of events up to the end of one. Returns how much it took.</summary>
    public int Feed(ReadOnlySpan<byte> bytes, out bool eventEnded)
    {
        if (_events is not null)
        {
            var taken = _events.Feed(bytes, out eventEnded);
            IsComplete |= _events.IsDone;
            return taken;
        }
        eventEnded = false;
        _scanner.Feed(bytes);
        return bytes.Length;
    }

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[Feed(bytes, out var ended)..];
            if (ended) BeginEvent();
        }
    }

    public void BeginEvent() => EventHasUsage = EventHasChoices = false;

    /// <summary>No more will come.</summary>
    public void Complete() => _events?.Complete();

    /// <summary>What the response has said so far.</summary>
    public UsageReading Read()
    {
        ImmutableArray<MeteredUsage> parts = HasUsage ? _shape.Read(_usage) : [];
        var beside = new UsageSheet();
        if (!HasUsage) beside.Add(Unit.Seconds, _duration);
        if (Images > 0) beside.Add(Unit.Images, Images);
        if (!OpenAiUsage.TellsToolCalls(_usage))
            foreach (var (unit, count) in _searches) beside.Add(unit, count);
        var more = beside.ToUsage(serviceTier: ServiceTier);
        if (parts.IsEmpty && more.Quantities.IsEmpty)
            return UsageReading.Nothing with { Doubts = UsageDoubts.Missing | _doubts };
        parts = parts.IsEmpty ? [more] : parts.SetItem(0, Joined(parts[0], more));
        var doubts = _doubts | _usage.Doubts;
        ImmutableArray<MeteredUsage> possible = [.. parts.Select(WithoutTooMuch)];
        if (possible.Sum(part => part.Quantities.Length) < parts.Sum(part => part.Quantities.Length))
            doubts |= UsageDoubts.Invalid;
        return new(possible, HasUsage ? _usage.Raw : null, doubts);
    }

    private static MeteredUsage Joined(MeteredUsage part, MeteredUsage more) => part with
    {
        Mode = part.Mode == UsageMode.Standard ? more.Mode : part.Mode,
        Quantities = part.Quantities.AddRange(more.Quantities),
    };

    /// <summary>A part that is more than the whole that it is of, such as more cached input than input.</summary>
    private static bool IsTooMuch(MeteredUsage part, Quantity quantity) => part.Quantities.Any(
        whole => quantity.Unit.IsPartOf(whole.Unit) && quantity.Count > whole.Count);

    private static MeteredUsage WithoutTooMuch(MeteredUsage part) =>
        part with { Quantities = part.Quantities.RemoveAll(quantity => IsTooMuch(part, quantity)) };

    void IJsonSink.Captured(int tag, ReadOnlySpan<byte> value)
    {
        switch (tag)
        {
            case Tags.Usage when value is [(byte)'{', ..]:
                _usage.Add(value);
                HasUsage = EventHasUsage = true;
                _outputBytesAtUsage = OutputBytes;
                break;
            case Tags.Model:
                Model = Text(value) ?? Model;
                break;
            case Tags.ServiceTier:
                ServiceTier = Text(value) ?? ServiceTier;
                break;
            case Tags.Event:
                var said = Text(value);
                if (said is ImageCompleted) Images++;
                IsComplete |= said is ImageCompleted or "message_stop"
                    or "response.completed" or "response.incomplete" or "response.failed"
                    or "transcript.text.done" or "speech.audio.done";
                break;
            case Tags.OutputItem:
                if (Text(value) is { } item && item.EndsWith(SearchCall, StringComparison.Ordinal)) CountSearch(item);
                break;
            case Tags.Duration:
                if (UsageObject.TryQuantity(Encoding.UTF8.GetString(value), out var seconds)) _duration = seconds;
                break;
            case Tags.Error:
                HasError |= value is not [(byte)'n', ..];
                break;
            default:
                break;
        }
    }

    void IJsonSink.Overlong(int tag)
    {
        if (tag == Tags.Usage) _doubts |= UsageDoubts.Overlong;
        if (tag == Tags.Error) HasError = true;
    }

    void IJsonSink.Text(int tag, ReadOnlySpan<byte> piece) => OutputBytes += piece.Length;

    void IJsonSink.Element(int tag)
    {
        if (tag == Tags.Image) Images++;
        else if (tag == Tags.Vector) HasVectors = true;
        else EventHasChoices = true;
    }

    /// <summary><c>web_search_call</c> is one of the unit <c>web_searches</c>.</summary>
    private void CountSearch(string item)
    {
        var unit = item[..^"_call".Length] + "es";
        _searches[unit] = _searches.GetValueOrDefault(unit) + 1;
    }

    private static string? Text(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
