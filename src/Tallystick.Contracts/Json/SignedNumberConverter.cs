using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tallystick.Contracts.Json;

/// <summary>An exact number as answers have it: with a sign where it is negative.</summary>
internal sealed class SignedNumberConverter : JsonConverter<ExactNumber>
{
    public override ExactNumber Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        var isNegative = text.StartsWith('-');
        if (!ExactNumber.TryParse(isNegative ? text[1..] : text, out var number))
            throw new JsonException("expected a number like \"-0.5\"");
        return isNegative ? ExactNumber.FromDigits("-" + number.Text) : number;
    }

    public override void Write(Utf8JsonWriter writer, ExactNumber value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Text);
}
