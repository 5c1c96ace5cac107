using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tallystick.Contracts.Json;

/// <summary>Reads amounts as answers have them: like those of requests, and possibly negative.</summary>
internal sealed class SignedAmountConverter : JsonConverter<Amount>
{
    private readonly AmountConverter _unsigned = new();

    public override Amount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.ValueSpan is [(byte)'-', .. var rest]
        && Amount.TryParse(rest, out var amount)
            ? new(-amount.Micros)
            : _unsigned.Read(ref reader, typeToConvert, options);

    public override void Write(Utf8JsonWriter writer, Amount value, JsonSerializerOptions options) =>
        _unsigned.Write(writer, value, options);
}
