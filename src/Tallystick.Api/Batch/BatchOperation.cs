using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tallystick.Api.Charges;
using Tallystick.Api.Grants;
using Tallystick.Api.Holds;
using Tallystick.Api.Http;
using Tallystick.Contracts.Json;

namespace Tallystick.Api.Batch;

/// <summary>
/// One operation of a batch: the request that its route takes, with <c>op</c>, its key and the path's id beside it.
/// </summary>
internal static class BatchOperation
{
    private const string Op = "op", Key = "idempotency_key";

    private static readonly FrozenDictionary<string, Kind> Kinds = new Dictionary<string, Kind>(StringComparer.Ordinal)
    {
        ["grant"] = Of(GrantEndpoint.Route, "account_id", ContractsJson.Default.GrantRequest, GrantEndpoint.Make),
        ["charge"] = Of(ChargeEndpoint.Route, ContractsJson.Default.ChargeRequest, ChargeEndpoint.MakeAsync),
        ["refund"] = Of(RefundEndpoint.Route, "charge_id", ContractsJson.Default.RefundRequest, RefundEndpoint.Make),
        ["hold"] = Of(PlaceHoldEndpoint.Route, ContractsJson.Default.HoldRequest, PlaceHoldEndpoint.MakeAsync),
        ["capture"] =
            Of(CaptureEndpoint.Route, "hold_id", ContractsJson.Default.CaptureRequest, CaptureEndpoint.MakeAsync),
        ["release"] = Of(ReleaseEndpoint.Route, "hold_id", ContractsJson.Default.EmptyRequest, ReleaseEndpoint.Make),
        ["extend"] = Of(ExtendEndpoint.Route, "hold_id", ContractsJson.Default.ExtendRequest, ExtendEndpoint.Make),
        ["void"] = Of(VoidEndpoint.Route, "grant_id", ContractsJson.Default.VoidRequest, VoidEndpoint.Make),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every operation by its word, in order.</summary>
    public static IEnumerable<(string Op, Kind Kind)> All =>
        Kinds.OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => (kind.Key, kind.Value));

    public static ValueTask<Change> MakeAsync(Caller caller, JsonElement operation)
    {
        if (operation.ValueKind != JsonValueKind.Object) throw RequestException.Invalid(
            "operations", "each must be an object");
        if (Text(operation, Op) is not { } op || !Kinds.TryGetValue(op, out var kind))
            throw RequestException.Invalid(Op, string.Join(", ", Kinds.Keys.Order(StringComparer.Ordinal)));
        var key = Text(operation, Key) is { } given ? IdempotencyKey.Check(given) : null;
        if (key is null && kind.Route.KeyUse == KeyUse.Required) throw IdempotencyKey.Missing();
        return kind.Make(caller with { Key = key }, operation);
    }

    private static Kind Of<T>(
        ApiRoute route, JsonTypeInfo<T> type, Func<Caller, T, ValueTask<Change>> make) where T : class =>
        new(route, null, (caller, operation) => make(caller, RequestBody.Parse(Rest(operation, null), type)));

    private static Kind Of<T>(
        ApiRoute route, string id, JsonTypeInfo<T> type, Func<Caller, string, T, Change> make) where T : class =>
        Of(route, id, type, (caller, thing, request) => new ValueTask<Change>(make(caller, thing, request)));

    private static Kind Of<T>(
        ApiRoute route, string id, JsonTypeInfo<T> type, Func<Caller, string, T, ValueTask<Change>> make)
        where T : class =>
        new(route, id, (caller, operation) => make(
            caller, Text(operation, id) ?? throw RequestException.Invalid(id, "must be given"),
            RequestBody.Parse(Rest(operation, id), type)));

    private static string? Text(JsonElement operation, string name) =>
        !operation.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw RequestException.Invalid(name, "a string");

    /// <summary>The operation without what does not belong to its request.</summary>
    private static ReadOnlySpan<byte> Rest(JsonElement operation, string? id)
    {
        var buffer = new ArrayBufferWriter<byte>(JsonMarshal.GetRawUtf8Value(operation).Length);
        buffer.Write("{"u8);
        foreach (var member in operation.EnumerateObject())
        {
            if (member.NameEquals(Op) || member.NameEquals(Key) || (id is not null && member.NameEquals(id))) continue;
            buffer.Write(buffer.WrittenCount > 1 ? ",\""u8 : "\""u8);
            buffer.Write(JsonMarshal.GetRawUtf8PropertyName(member));
            buffer.Write("\":"u8);
            buffer.Write(JsonMarshal.GetRawUtf8Value(member.Value));
        }
        buffer.Write("}"u8);
        return buffer.WrittenSpan;
    }

    /// <param name="Id">The member that stands for the id in the route's path; null where it has none.</param>
    public sealed record Kind(ApiRoute Route, string? Id, Func<Caller, JsonElement, ValueTask<Change>> Make);
}
