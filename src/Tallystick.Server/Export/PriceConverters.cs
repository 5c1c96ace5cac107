using System.Text.Json;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Usage;

namespace Tallystick.Server.Export;

/// <summary>Prices and usages for people.</summary>
internal static class PriceConverters
{
    public sealed class OfNumber : OneWayConverter<ExactDecimal>
    {
        public override void Write(Utf8JsonWriter writer, ExactDecimal value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    public sealed class OfUnit : OneWayConverter<Unit>
    {
        public override void Write(Utf8JsonWriter writer, Unit value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.CountName);
    }

    public sealed class OfRateTable : OneWayConverter<RateTable>
    {
        public override void Write(Utf8JsonWriter writer, RateTable value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach (var rate in value.All) writer.WriteString(rate.Unit.Name, rate.Rate.ToString());
            writer.WriteEndObject();
        }
    }

    public sealed class OfSelector : OneWayConverter<PriceSelector>
    {
        public override void Write(Utf8JsonWriter writer, PriceSelector value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            if (value.Provider is not null) writer.WriteString("provider", value.Provider);
            if (value.Model is not null) writer.WriteString("model", value.Model);
            if (value.Service is not null) writer.WriteString("service", value.Service);
            writer.WriteStartArray("aliases");
            foreach (var alias in value.Aliases) writer.WriteStringValue(alias);
            writer.WriteEndArray();
            writer.WriteBoolean("ignores_case", value.IgnoresCase);
            writer.WriteEndObject();
        }
    }
}
