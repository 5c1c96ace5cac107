using System.Text.Json.Nodes;

namespace Tallystick.Gateway.Calls;

/// <summary>One try of a call on one upstream.</summary>
/// <param name="Status">Of the upstream's answer; null where there was none.</param>
/// <param name="Fault">Why there was none.</param>
internal sealed record Attempt(string Upstream, string Model, int? Status, string? Fault, long Milliseconds)
{
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["upstream"] = Upstream, ["model"] = Model, ["ms"] = Milliseconds };
        if (Status is { } status) json["status"] = status;
        if (Fault is not null) json["fault"] = Fault;
        return json;
    }
}
