using System.Text.Json.Nodes;
using Tallystick.Core.Journal;

namespace Tallystick.Gateway.Calls;

/// <summary>An answer as it is kept beside the journal for a replay.</summary>
internal sealed record StoredAnswer(string ContentType, byte[] Body)
{
    public JsonObject ToJson() => new() { ["content_type"] = ContentType, ["body"] = Convert.ToBase64String(Body) };

    /// <summary>Null where none was kept, or it has been erased.</summary>
    public static StoredAnswer? Read(SealedEntry entry) =>
        CallText.Read(entry.Text)?["answer"] is JsonObject answer
            ? new((string)answer["content_type"]!, Convert.FromBase64String((string)answer["body"]!))
            : null;
}
