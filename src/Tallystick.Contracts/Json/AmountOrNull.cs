using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tallystick.Contracts.Json;

/// <summary>A member that is absent (the default), null, or an amount: where null takes something away.</summary>
[JsonConverter(typeof(AmountOrNullConverter))]
public readonly record struct AmountOrNull
{
    private AmountOrNull(bool isNull, Amount? value) => (IsNull, Value) = (isNull, value);

    public static readonly AmountOrNull Null = new(true, null);
    public bool IsNull { get; }
    public Amount? Value { get; }

    public static implicit operator AmountOrNull(Amount amount) => new(false, amount);
}

internal sealed class AmountOrNullConverter : JsonConverter<AmountOrNull>
{
    private static readonly AmountConverter Amounts = new();

    public override bool HandleNull => true;

    public override AmountOrNull Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? AmountOrNull.Null : Amounts.Read(ref reader, typeof(Amount), options);

    public override void Write(Utf8JsonWriter writer, AmountOrNull value, JsonSerializerOptions options)
    {
        if (value.Value is { } amount) Amounts.Write(writer, amount, options); else writer.WriteNullValue();
    }
}
