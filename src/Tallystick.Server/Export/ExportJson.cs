using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;

namespace Tallystick.Server.Export;

/// <summary>The bodies of entries as JSON, for people: what counts is in the bytes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(AmountConverter), typeof(InstantConverter), typeof(DurationConverter), typeof(ThingConverter),
        typeof(BytesConverter), typeof(PriceConverters.OfNumber), typeof(PriceConverters.OfUnit),
        typeof(PriceConverters.OfRateTable), typeof(PriceConverters.OfSelector),
    ])]
[JsonSerializable(typeof(EntryBody.AccountOpened))]
[JsonSerializable(typeof(EntryBody.AccountChanged))]
[JsonSerializable(typeof(EntryBody.AccountSuspended))]
[JsonSerializable(typeof(EntryBody.TextErased))]
[JsonSerializable(typeof(EntryBody.AccountReactivated))]
[JsonSerializable(typeof(EntryBody.AccountClosed))]
[JsonSerializable(typeof(EntryBody.Granted))]
[JsonSerializable(typeof(EntryBody.GrantActivated))]
[JsonSerializable(typeof(EntryBody.GrantExpired))]
[JsonSerializable(typeof(EntryBody.GrantVoided))]
[JsonSerializable(typeof(EntryBody.Charged))]
[JsonSerializable(typeof(EntryBody.HoldPlaced))]
[JsonSerializable(typeof(EntryBody.Captured))]
[JsonSerializable(typeof(EntryBody.Released))]
[JsonSerializable(typeof(EntryBody.HoldExtended))]
[JsonSerializable(typeof(EntryBody.HoldExpired))]
[JsonSerializable(typeof(EntryBody.Refunded))]
[JsonSerializable(typeof(EntryBody.Corrected))]
[JsonSerializable(typeof(EntryBody.ProjectOpened))]
[JsonSerializable(typeof(EntryBody.KeyCreated))]
[JsonSerializable(typeof(EntryBody.KeyRotated))]
[JsonSerializable(typeof(EntryBody.LicensePointed))]
[JsonSerializable(typeof(EntryBody.LicenseIssued))]
[JsonSerializable(typeof(EntryBody.LicenseChanged))]
[JsonSerializable(typeof(EntryBody.LicenseDeactivated))]
[JsonSerializable(typeof(EntryBody.LicenseReactivated))]
[JsonSerializable(typeof(EntryBody.LicenseReceived))]
[JsonSerializable(typeof(EntryBody.LicenseMoved))]
[JsonSerializable(typeof(EntryBody.ProjectCreated))]
[JsonSerializable(typeof(EntryBody.ProjectArchived))]
[JsonSerializable(typeof(EntryBody.ProjectReactivated))]
[JsonSerializable(typeof(EntryBody.KeyRevoked))]
[JsonSerializable(typeof(EntryBody.SettingsChanged))]
[JsonSerializable(typeof(EntryBody.UpstreamChanged))]
[JsonSerializable(typeof(EntryBody.IdentityProviderPut))]
[JsonSerializable(typeof(EntryBody.IdentityProviderRemoved))]
[JsonSerializable(typeof(EntryBody.PeriodBegun))]
[JsonSerializable(typeof(EntryBody.BudgetPut))]
[JsonSerializable(typeof(EntryBody.BudgetRemoved))]
[JsonSerializable(typeof(EntryBody.TierPlanned))]
[JsonSerializable(typeof(EntryBody.PeriodEnded))]
[JsonSerializable(typeof(EntryBody.TierPut))]
[JsonSerializable(typeof(EntryBody.PricesRecorded))]
[JsonSerializable(typeof(EntryBody.UsageRecorded))]
[JsonSerializable(typeof(EntryBody.HistoryImported))]
[JsonSerializable(typeof(EntryBody.BalanceImported))]
internal sealed partial class ExportJson : JsonSerializerContext;

internal sealed class AmountConverter : OneWayConverter<CreditAmount>
{
    public override void Write(Utf8JsonWriter writer, CreditAmount value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

internal sealed class InstantConverter : OneWayConverter<Instant>
{
    public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

internal sealed class DurationConverter : OneWayConverter<Duration>
{
    public override void Write(Utf8JsonWriter writer, Duration value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Micros);
}

/// <summary>By its number, sequence and ordinal: which kind of thing it is, the member's name tells.</summary>
internal sealed class ThingConverter : OneWayConverter<ThingNumber>
{
    public override void Write(Utf8JsonWriter writer, ThingNumber value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Word(value));

    public static string Word(ThingNumber value) => $"{value.Sequence}.{value.Ordinal}";
}

internal sealed class BytesConverter : OneWayConverter<ImmutableArray<byte>>
{
    public override void Write(Utf8JsonWriter writer, ImmutableArray<byte> value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Convert.ToHexStringLower(value.AsSpan()));
}

internal abstract class OneWayConverter<T> : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("an export is read by its bytes");
}
