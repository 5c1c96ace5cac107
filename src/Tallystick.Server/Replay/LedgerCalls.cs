using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tallystick.Contracts.Accounts;
using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Grants;
using Tallystick.Contracts.Holds;
using Tallystick.Contracts.Json;

namespace Tallystick.Server.Replay;

/// <summary>The requests of a replay.</summary>
internal static class LedgerCalls
{
    private const int BriefSeconds = 1;

    /// <summary>As people write requests: without what they do not give.</summary>
    private static readonly ContractsJson Json = new(
        new(ContractsJson.Default.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull });

    public static LedgerCall Account(string accountId) => new(
        HttpMethod.Put, $"/api/v1/accounts/{accountId}", Bytes(new(), Json.PutAccountRequest));

    public static LedgerCall Grant(string accountId, PlannedGrant grant, DateTimeOffset now) => Post(
        $"/api/v1/accounts/{accountId}/grants",
        new GrantRequest
        {
            Amount = grant.Amount, Kind = grant.Kind, Priority = grant.Priority,
            ExpiresAt = grant.Lifetime is { } lifetime ? At(now + lifetime) : null,
        },
        Json.GrantRequest, $"{accountId}-{grant.Kind}");

    /// <param name="holdId">Of the call's hold, once it has one.</param>
    /// <param name="chargeId">Of its capture.</param>
    public static LedgerCall Step(string planName, PlannedCall call, int step, string holdId, string chargeId)
    {
        var (kind, amount, _) = call.Steps[step];
        var key = string.Create(CultureInfo.InvariantCulture, $"{planName}-{call.Number}-{step}");
        return kind switch
        {
            StepKind.Hold or StepKind.BriefHold or StepKind.Refusal => Post(
                "/api/v1/holds",
                new HoldRequest
                {
                    AccountId = call.AccountId, Amount = amount,
                    ExpiresIn = kind == StepKind.BriefHold ? BriefSeconds : null,
                    ReferenceId = string.Create(CultureInfo.InvariantCulture, $"request {call.Number}"),
                },
                Json.HoldRequest, key),
            StepKind.Capture or StepKind.LateCapture => Post(
                $"/api/v1/holds/{holdId}/capture", new CaptureRequest { Amount = amount },
                Json.CaptureRequest, null),
            StepKind.Release => new(HttpMethod.Post, $"/api/v1/holds/{holdId}/release"),
            StepKind.Refund => Post(
                $"/api/v1/charges/{chargeId}/refund", new RefundRequest { Amount = amount, Reason = "replayed" },
                Json.RefundRequest, key),
            _ => throw new System.Diagnostics.UnreachableException(kind.ToString()),
        };
    }

    public static LedgerCall Hold(string holdId) => new(HttpMethod.Get, $"/api/v1/holds/{holdId}");

    public static LedgerCall Balance(string accountId) =>
        new(HttpMethod.Get, $"/api/v1/accounts/{accountId}/balance");

    public static LedgerCall Transactions(string accountId, string? cursor) => new(
        HttpMethod.Get,
        $"/api/v1/accounts/{accountId}/transactions?limit=1000{(cursor is null ? "" : $"&cursor={cursor}")}");

    private static LedgerCall Post<T>(string path, T body, JsonTypeInfo<T> type, string? key) =>
        new(HttpMethod.Post, path, Bytes(body, type), key);

    private static byte[] Bytes<T>(T body, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(body, type);

    private static Timestamp At(DateTimeOffset time) =>
        new((time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
}
