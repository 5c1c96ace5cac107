using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tallystick.Core.Journal;

namespace Tallystick.Gateway.Calls;

/// <summary>What an entry of a call says beside the chain: it can be erased without the chain.</summary>
internal static class CallText
{
    private const int SaltBytes = 16;

    /// <param name="metadata">Shown with the transaction.</param>
    /// <param name="answer">The answer itself, kept for a replay; not shown with the transaction.</param>
    public static EntryText Of(string description, JsonObject metadata, JsonObject? answer = null)
    {
        var text = new JsonObject { ["description"] = description, ["metadata"] = metadata };
        if (answer is not null) text["answer"] = answer;
        return OfBytes(Encoding.UTF8.GetBytes(text.ToJsonString()));
    }

    public static EntryText OfBytes(ReadOnlySpan<byte> json) =>
        new([.. RandomNumberGenerator.GetBytes(SaltBytes)], [.. json]);

    public static JsonObject? Read(EntryText? text) =>
        text is { Content.Length: > 0 } kept ? JsonNode.Parse(kept.Content.AsSpan()) as JsonObject : null;
}
