using System.Text.Json;

namespace Tallystick.Server.Import.Books;

/// <summary>What of another system's JSON can be kept as it is.</summary>
internal static class JsonText
{
    /// <summary>As deep as the API takes metadata.</summary>
    public const int DepthMax = 32;

    /// <summary>Levels of objects and arrays; reads every text on the way.</summary>
    /// <exception cref="InvalidOperationException">A text, or a name, has half of a character.</exception>
    public static int DepthOf(JsonElement json)
    {
        var below = 0;
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                _ = json.GetString();
                return 0;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray()) below = Math.Max(below, DepthOf(item));
                return below + 1;
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    _ = member.Name;
                    below = Math.Max(below, DepthOf(member.Value));
                }
                return below + 1;
            default:
                return 0;
        }
    }
}
