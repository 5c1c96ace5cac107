using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tallystick.Api.Http;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Usage;

namespace Tallystick.Api.Usage;

/// <summary>
/// A CloudEvent 1.0 as an event of ours: <c>subject</c> is the account, <c>type</c> the usage's event type,
/// <c>time</c> when it occurred, <c>data</c> the usage alone or within an object that says more. Extension attributes
/// are let pass and not kept.
/// </summary>
internal static class CloudEvents
{
    private const string Version = "1.0", Prefix = "ce-";

    /// <summary>Attributes in headers, the data as the body.</summary>
    public static bool IsBinary(HttpRequest request) => request.Headers.ContainsKey(Prefix + "specversion");

    public static UsageEventRequest Read(HttpRequest request, ReadOnlyMemory<byte> data)
    {
        return Make(Attribute, data.Span);

        string? Attribute(string name)
        {
            var values = request.Headers[Prefix + name];
            return values.Count == 0 ? null
                : values.Count == 1 ? Uri.UnescapeDataString(values[0]!)
                : throw RequestException.Invalid(Prefix + name, "give it once");
        }
    }

    public static UsageEventRequest Read(JsonElement element)
    {
        foreach (var (name, count) in element.EnumerateObject().CountBy(member => member.Name))
            if (count > 1) throw RequestException.Invalid(name, "given twice");
        if (element.TryGetProperty("data_base64", out _))
            throw RequestException.Invalid("data_base64", "data must be JSON");
        if (!element.TryGetProperty("data", out var data)) throw RequestException.Invalid("data", "must be given");
        return Make(Attribute, JsonMarshal.GetRawUtf8Value(data));

        string? Attribute(string name) =>
            !element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString()
            : throw RequestException.Invalid(name, "a string");
    }

    private static UsageEventRequest Make(Func<string, string?> attribute, ReadOnlySpan<byte> bytes)
    {
        if (attribute("specversion") != Version) throw RequestException.Invalid("specversion", Version);
        var type = attribute("type") ?? throw RequestException.Invalid("type", "must be given");
        var data = ReadData(bytes);
        var time = attribute("time");
        if (time is not null && !Timestamp.TryParse(time, out _))
            throw RequestException.Invalid("time", "an RFC 3339 time");
        return new()
        {
            Id = attribute("id") ?? throw RequestException.Invalid("id", "must be given"),
            Source = attribute("source") ?? throw RequestException.Invalid("source", "must be given"),
            AccountId = data.AccountId ?? (data.LicenseKey is not null ? null : attribute("subject")
                ?? throw RequestException.Invalid("subject", "the account must be given")),
            LicenseKey = data.LicenseKey,
            OccurredAt = time is not null && Timestamp.TryParse(time, out var at) ? at : null,
            Usage = data.Usage with { EventType = data.Usage.EventType ?? type },
            Charge = data.Charge, Description = data.Description, Metadata = data.Metadata,
        };
    }

    private static UsageEventData ReadData(ReadOnlySpan<byte> bytes)
    {
        return NamesUsage(bytes)
            ? RequestBody.Parse(bytes, ContractsJson.Default.UsageEventData)
            : new() { Usage = RequestBody.Parse(bytes, ContractsJson.Default.UsageBody) };
    }

    private static bool NamesUsage(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("usage", out _);
        }
        catch (JsonException fault)
        {
            throw RequestBody.Malformed(fault);
        }
    }
}
