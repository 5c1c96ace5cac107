using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tallystick.Gateway.Dialects;

/// <summary>Writes text as JSON.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class JsonText : JsonSerializerContext
{
    public static string Of(string text) => JsonSerializer.Serialize(text, Default.String);
}
