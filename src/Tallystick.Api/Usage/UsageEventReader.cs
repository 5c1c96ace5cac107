using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tallystick.Api.Http;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Usage;

namespace Tallystick.Api.Usage;

/// <summary>
/// Events as they come: one, an array, a line each, or as CloudEvents 1.0 in any of its modes. What is malformed in one
/// of many is that one's fault.
/// </summary>
internal static class UsageEventReader
{
    public const string Json = "application/json", CloudEvent = "application/cloudevents+json",
        CloudEventBatch = "application/cloudevents-batch+json", Lines = "application/x-ndjson";

    /// <summary>Of one request.</summary>
    public const int EventsMax = 10_000;

    private static readonly string[] Types = [Json, CloudEvent, CloudEventBatch, Lines, "application/ndjson"];

    public static async ValueTask<List<Item>> ReadAsync(HttpContext context, int bytesMax)
    {
        var (type, bytes) = await RequestBody.ReadAsync(context, Types, bytesMax);
        var items = type.EndsWith("ndjson", StringComparison.Ordinal) ? ReadLines(bytes)
            : CloudEvents.IsBinary(context.Request) ? [Item.Of(() => CloudEvents.Read(context.Request, bytes))]
            : ReadDocument(bytes);
        return items.Count is > 0 and <= EventsMax ? items
            : throw RequestException.Invalid("body", $"1 to {EventsMax} events");
    }

    private static List<Item> ReadDocument(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select(Read)]
                : [Read(document.RootElement)];
        }
        catch (JsonException fault)
        {
            throw RequestBody.Malformed(fault);
        }
    }

    private static List<Item> ReadLines(ReadOnlyMemory<byte> bytes)
    {
        var items = new List<Item>();
        foreach (var range in bytes.Span.Split((byte)'\n'))
        {
            var line = bytes[range];
            if (line.Span.ContainsAnyExcept(" \t\r"u8)) items.Add(ReadLine(line));
        }
        return items;
    }

    private static Item ReadLine(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Read(document.RootElement);
        }
        catch (JsonException fault)
        {
            return new(null, RequestBody.Malformed(fault));
        }
    }

    private static Item Read(JsonElement element)
    {
        var isCloudEvent = element.ValueKind == JsonValueKind.Object && element.TryGetProperty("specversion", out _);
        var item = Item.Of(() => isCloudEvent
            ? CloudEvents.Read(element)
            : RequestBody.Parse(JsonMarshal.GetRawUtf8Value(element), ContractsJson.Default.UsageEventRequest));
        return item with { Id = Text(element, "id"), Source = Text(element, "source") };
    }

    private static string? Text(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var value)
            || value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate: the event is rejected, and this is not its name.
            return null;
        }
    }

    /// <summary>An event, or what is wrong with it; then its id as far as it could be read.</summary>
    public sealed record Item(UsageEventRequest? Event, RequestException? Fault)
    {
        public string? Id { get; init; } = Event?.Id;
        public string? Source { get; init; } = Event?.Source;

        public static Item Of(Func<UsageEventRequest> read)
        {
            try
            {
                return new(read(), null);
            }
            catch (RequestException fault)
            {
                return new(null, fault);
            }
            catch (InvalidOperationException)
            {
                // Thrown for an escaped half of a surrogate pair.
                return new(null, RequestBody.NotText());
            }
        }
    }
}
