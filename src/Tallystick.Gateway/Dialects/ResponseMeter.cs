using System.Buffers.Text;
using System.Text.Json;
using Tallystick.Gateway.Dialects.Usage;
using Tallystick.Gateway.Wire;

namespace Tallystick.Gateway.Dialects;

/// <summary>
/// Reads usage out of a response as it passes, in constant memory: fed with the pieces that go to the client, asked at
/// any time what it has seen. One response each; not thread-safe.
/// </summary>
internal sealed class ResponseMeter : IJsonSink
{
    private const string SearchCall = "_search_call";
    private readonly ResponseShape _shape;
    private readonly JsonScanner _scanner;
    private readonly SseReader? _events;
    private readonly UsageObject _usage = new();
    private readonly Dictionary<string, long> _searches = new(StringComparer.Ordinal);
    private UsageDoubts _doubts;
    private bool _hasUsage;
    private decimal? _duration;

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

    /// <summary>The response says that it failed, if need be in the middle of a stream.</summary>
    public bool HasError { get; private set; }

    /// <summary>Events with data, or 0 where the response is no stream.</summary>
    public long Events => _events?.Events ?? 0;

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
        var parts = _hasUsage ? _shape.Read(_usage) : _duration is { } seconds ? [new() { Seconds = seconds }] : [];
        if (parts.IsEmpty && Images > 0) parts = [new()];
        if (parts.IsEmpty) return UsageReading.Nothing with { Doubts = UsageDoubts.Missing | _doubts };
        var first = parts[0] with
        {
            Images = Images > 0 ? Images : parts[0].Images,
            ServiceTier = parts[0].ServiceTier ?? ServiceTier,
            Units = parts[0].Units.AddRange(_searches),
        };
        return new([first, .. parts.Skip(1)], _hasUsage ? _usage.Raw : null, _doubts | _usage.Doubts);
    }

    void IJsonSink.Captured(int tag, ReadOnlySpan<byte> value)
    {
        switch (tag)
        {
            case Tags.Usage when value is [(byte)'{', ..]:
                _usage.Add(value);
                _hasUsage = EventHasUsage = true;
                break;
            case Tags.Model:
                Model = Text(value) ?? Model;
                break;
            case Tags.ServiceTier:
                ServiceTier = Text(value) ?? ServiceTier;
                break;
            case Tags.Event:
                IsComplete |= Text(value) is "message_stop"
                    or "response.completed" or "response.incomplete" or "response.failed"
                    or "image_generation.completed" or "transcript.text.done" or "speech.audio.done";
                break;
            case Tags.OutputItem:
                if (Text(value) is { } item && item.EndsWith(SearchCall, StringComparison.Ordinal)) CountSearch(item);
                break;
            case Tags.Duration:
                var isNumber = Utf8Parser.TryParse(value, out decimal seconds, out var read) && read == value.Length;
                if (isNumber && seconds >= 0) _duration = seconds;
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
