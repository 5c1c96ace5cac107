using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tallystick.Contracts.Json;

/// <summary>A member that is absent (the default), null, or a time: where null takes something away.</summary>
[JsonConverter(typeof(TimestampOrNullConverter))]
public readonly record struct TimestampOrNull
{
    private TimestampOrNull(bool isNull, Timestamp? value) => (IsNull, Value) = (isNull, value);

    public static readonly TimestampOrNull Null = new(true, null);
    public bool IsNull { get; }
    public Timestamp? Value { get; }

    public static implicit operator TimestampOrNull(Timestamp time) => new(false, time);
}

internal sealed class TimestampOrNullConverter : JsonConverter<TimestampOrNull>
{
    private static readonly TimestampConverter Times = new();

    public override bool HandleNull => true;

    public override TimestampOrNull Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? TimestampOrNull.Null
            : Times.Read(ref reader, typeof(Timestamp), options);

    public override void Write(Utf8JsonWriter writer, TimestampOrNull value, JsonSerializerOptions options)
    {
        if (value.Value is { } time) Times.Write(writer, time, options); else writer.WriteNullValue();
    }
}
