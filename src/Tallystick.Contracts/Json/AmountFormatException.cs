using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tallystick.Contracts.Json;

/// <summary>Thrown while a body is read: the member named by the reader's path is no amount.</summary>
public sealed class AmountFormatException : JsonException
{
    public AmountFormatException() : base("not an amount") { }
    public AmountFormatException(string message) : base(message) { }
    public AmountFormatException(string message, Exception inner) : base(message, inner) { }
}

internal sealed class AmountConverter : JsonConverter<Amount>
{
    private const string Expected =
        "expected 0 or 1-12 digits without a leading zero, optionally a point and 1-6 digits";

    public override Amount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var isText = reader.TokenType is JsonTokenType.String or JsonTokenType.Number && !reader.ValueIsEscaped;
        if (isText && Amount.TryParse(reader.ValueSpan, out var amount)) return amount;
        throw new AmountFormatException(Expected);
    }

    public override void Write(Utf8JsonWriter writer, Amount value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[32];
        writer.WriteStringValue(text[..value.Format(text)]);
    }
}
