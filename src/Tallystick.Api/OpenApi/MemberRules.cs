using System.Text.Json;
using System.Text.Json.Nodes;
using Tallystick.Api.Rendering;
using Tallystick.Core.Accounts;
using Tallystick.Core.Grants;
using Tallystick.Core.Holds;
using Tallystick.Core.Journal;
using Tallystick.Core.Usage;

namespace Tallystick.Api.OpenApi;

/// <summary>
/// What a member's type does not say: which words it takes, what form it has, and what it may look like. Looked up as
/// <c>Type.member</c>, then as <c>member</c>.
/// </summary>
internal static class MemberRules
{
    private const string Account = "e111fs9tyrg4", Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    private static readonly Dictionary<string, string[]> Words = new(StringComparer.Ordinal)
    {
        ["AccountResponse.status"] = All<AccountStatus>(Rendering.Words.Of),
        ["BalanceResponse.status"] = All<AccountStatus>(Rendering.Words.Of),
        ["GrantResponse.status"] = All<GrantStatus>(Rendering.Words.Of),
        ["GrantBalance.status"] = All<GrantStatus>(Rendering.Words.Of),
        ["HoldResponse.status"] = All<HoldStatus>(Rendering.Words.Of),
        ["JobResponse.status"] = ["running", "expired", .. All<JobOutcome>(Rendering.Words.Of)],
        ["GrantRequest.kind"] = All<GrantKind>(Rendering.Words.Of),
        ["GrantResponse.kind"] = All<GrantKind>(Rendering.Words.Of),
        ["GrantBalance.kind"] = All<GrantKind>(Rendering.Words.Of),
        ["GrantStepResponse.kind"] = All<GrantKind>(Rendering.Words.Of),
        ["PostingResponse.pool"] =
            [.. Enum.GetValues<Pool>().Where(pool => pool != Pool.None).Select(Rendering.Words.Of)],
        ["ProjectRequest.mode"] = ["live", "test"],
        ["ProjectResponse.mode"] = ["live", "test"],
        ["UsageBody.mode"] = All<UsageMode>(Rendering.Words.Of),
        ["LicenseResponse.status"] = ["active", "inactive", "expired"],
        ["mode"] = ["overflow", "cap", "reject"],
        ["UsageEventResult.status"] = ["accepted", "duplicate", "rejected"],
        ["UpstreamRequest.kind"] = ["openai", "anthropic", "gemini", "echo"],
        ["UpstreamResponse.kind"] = ["openai", "anthropic", "gemini", "echo"],
        ["when_short"] = ["refuse", "clamp"],
        ["output_bound"] = ["model", "history"],
        ["max_tokens_field"] = ["max_tokens", "max_completion_tokens"],
    };

    private static readonly Dictionary<string, string> Forms = new(StringComparer.Ordinal)
    {
        ["account_id"] = """{"pattern":"^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$"}""",
        ["description"] = """{"maxLength":1000}""",
        ["reason"] = """{"maxLength":1000}""",
        ["reference_id"] = """{"minLength":1,"maxLength":128}""",
        ["bucket"] = """{"minLength":1,"maxLength":64}""",
        ["cost_basis"] = """{"maxLength":64}""",
        ["priority"] = """{"minimum":0,"maximum":1000,"default":100}""",
        ["rows"] = """{"minimum":1}""",
        ["rows_done"] = """{"minimum":0}""",
        ["HoldRequest.expires_in"] = """{"minimum":1,"maximum":31622400,"default":900}""",
        ["JobRequest.expires_in"] = """{"minimum":1,"maximum":31622400,"default":604800}""",
        ["WatchRequest.expires_in"] = """{"minimum":1,"maximum":86400,"default":900}""",
        ["PutAccountRequest.name"] = """{"maxLength":200}""",
        ["PutAccountRequest.email"] = """{"maxLength":320}""",
        ["metadata"] = """{"maxProperties":50}""",
        ["trace_id"] = """{"pattern":"^[0-9a-f]{32}$"}""",
        ["hash"] = """{"pattern":"^[0-9a-f]{64}$"}""",
        ["root"] = """{"pattern":"^[0-9a-f]{64}$"}""",
        ["operations"] = """{"minItems":1,"maxItems":10000}""",
        ["license_key"] = """{"minLength":16,"maxLength":128,"pattern":"^[!-~]+$"}""",
        ["limit"] = """{"minimum":1,"maximum":1000,"default":100}""",
        ["issuer"] = """{"minLength":1,"maxLength":500}""",
        ["account_prefix"] = """{"pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$"}""",
        ["clock_skew"] = """{"minimum":0,"maximum":300,"default":60}""",
        ["audiences"] = """{"minItems":1,"maxItems":32}""",
        ["idempotency_key"] = """{"minLength":1,"maxLength":255,"pattern":"^[!-~]+$"}""",
    };

    private static readonly Dictionary<string, string> Samples = new(StringComparer.Ordinal)
    {
        ["account_id"] = "acme", ["name"] = "Acme Inc.", ["email"] = "billing@acme.example", ["bucket"] = "monthly",
        ["description"] = "One chat completion", ["reference_id"] = "chat-7412", ["reason"] = "The call failed",
        ["cost_basis"] = "USD 10.00", ["trace_id"] = Trace, ["hash"] = string.Concat(Trace, Trace),
        ["idempotency_key"] = "chat-7412",
        ["GrantRequest.kind"] = "purchase", ["GrantResponse.kind"] = "purchase", ["GrantBalance.kind"] = "purchase",
        ["GrantStepResponse.kind"] = "purchase", ["TransactionResponse.kind"] = "charge",
        ["PostingResponse.pool"] = "remaining",
        ["GrantResponse.status"] = "active", ["GrantBalance.status"] = "active", ["HoldResponse.status"] = "held",
        ["limit_source"] = "balance", ["code"] = "insufficient_credits", ["WatchResponse.name"] = "acme-today",
        ["id"] = $"chg_{Account}000000039n", ["GrantResponse.id"] = $"grt_{Account}000000021d",
        ["HoldResponse.id"] = $"hld_{Account}00000004de", ["RefundResponse.id"] = $"rfd_{Account}000000068e",
        ["root"] = string.Concat(Trace, Trace), ["AuditEntryResponse.kind"] = "key_created",
        ["AuditEntryResponse.subject_id"] = "key_00000000000000000002cv",
        ["AuditEntryResponse.description"] = "Key back end with role service tally_live_…mvRB was created.",
        ["LicenseResponse.id"] = "lic_00000000000000000008k7",
        ["license_key"] = "tally_lic_live_001Hq0ZAbqJ9wSx5ODTHLYpGfW3tn8c7K2emvRB",
        ["LicenseRequest.name"] = "Desktop of Ada", ["ChangeLicenseRequest.name"] = "Desktop of Ada",
        ["LicenseResponse.name"] = "Desktop of Ada",
        ["LicenseResponse.hint"] = "tally_lic_live_…mvRB", ["user_id"] = "acme",
        ["JobResponse.id"] = $"job_{Account}00000005q9", ["TransactionResponse.id"] = $"txn_{Account}00000003jp",
        ["grant_id"] = $"grt_{Account}000000021d", ["hold_id"] = $"hld_{Account}00000004de",
        ["charge_id"] = $"chg_{Account}000000039n", ["transaction_id"] = $"txn_{Account}00000003jp",
        ["subject_id"] = $"chg_{Account}000000039n", ["key_id"] = "key_00000000000000000002cv",
        ["why"] = "2.500000 taken; expires soonest", ["store"] = "SQLite 3.40.1, WAL, synchronous=FULL",
        ["version"] = "0.1.0", ["type"] = "urn:tallystick:problem:insufficient_credits",
        ["title"] = "insufficient credits", ["ImportedResponse.table"] = "credit_ledger",
        ["ImportedResponse.row_id"] = "8841", ["ImportedResponse.type"] = "usage",
        ["ImportedResponse.amount"] = "-2.500000",
        ["detail"] = "This takes 5.000000 credits and 2.500000 are available.",
        ["balance"] = "97.500000", ["balance_before"] = "100.000000", ["balance_after"] = "97.500000",
        ["available"] = "97.500000", ["available_after"] = "97.500000", ["affordable_amount"] = "97.500000",
        ["remaining"] = "97.500000", ["used"] = "2.500000", ["held"] = "0.000000", ["debt"] = "0.000000",
        ["overdraft_limit"] = "0.000000", ["expired"] = "0.000000", ["voided"] = "0.000000", ["captured"] = "0.000000",
        ["released"] = "0.000000", ["CaptureResponse.released"] = "2.500000", ["CaptureResponse.amount"] = "2.500000",
        ["shortfall"] = "0.000000", ["refunded"] = "0.000000", ["refundable"] = "2.500000",
        ["GrantRequest.amount"] = "100", ["GrantResponse.amount"] = "100.000000", ["HoldRequest.amount"] = "5",
        ["HoldResponse.amount"] = "5.000000", ["HoldResponse.available_after"] = "92.500000",
        ["JobRequest.credits_per_row"] = "0.05", ["JobResponse.credits_per_row"] = "0.050000",
        ["JobResponse.amount"] = "5.000000", ["JobResponse.charged"] = "0.000000",
        ["JobResponse.returned"] = "0.000000",
        ["previous_balance"] = "97.500000", ["new_balance"] = "92.500000", ["rows"] = "100", ["rows_done"] = "80",
        ["balance_change"] = "-2.500000", ["PostingResponse.amount"] = "-2.500000", ["remaining_before"] = "100.000000",
        ["remaining_after"] = "97.500000", ["held_before"] = "0.000000", ["held_after"] = "0.000000",
        ["sequence"] = "3", ["position"] = "1", ["expires_in"] = "900", ["BatchResult.status"] = "201",
        ["ProblemResponse.status"] = "402", ["expires_at"] = "2026-03-01T00:00:00Z", ["at"] = "2026-03-01T00:00:00Z",
        ["rates"] = """{"input":"3","output":"15","cache_read":"0.3"}""", ["modes"] = """{"batch":{"factor":"0.5"}}""",
        ["PriceChangeResponse.rates"] = """[{"rate":"input","before":"3","after":"2.5","percent":"-16.67"}]""",
        ["PriceResponse.modes"] = """{"batch":{"rates":null,"tiers":null,"factor":"0.5"}}""",
        ["UsageBody.model"] = "claude-sonnet-4-5", ["UsageBody.input_tokens"] = "1200",
        ["UsageBody.output_tokens"] = "300", ["provider"] = "anthropic", ["PriceBody.model"] = "claude-sonnet-4-*",
        ["PriceResponse.model"] = "claude-sonnet-4-*", ["PriceResponse.id"] = "prc_00000000000000000002g6",
        ["price_id"] = "prc_00000000000000000002g6", ["CostLineResponse.unit"] = "input_tokens",
        ["CostLineResponse.quantity"] = "1200", ["CostLineResponse.cost"] = "0.0036", ["per"] = "1000000",
        ["free_quantity"] = "200", ["free_tier_used"] = "0.000000",
        ["provider_cost"] = "0.008100", ["platform_markup"] = "0.000000", ["total_cost"] = "0.008100",
        ["regions"] = """{"eu":"1.1"}""", ["providers"] = """{"anthropic":"1.2"}""",
        ["MultipliersBody.models"] = """{"claude-sonnet-4-5":"1.1"}""", ["hours_utc"] = """["16:30-00:30"]""",
        ["weekdays"] = "[1,2,3,4,5]", ["aliases"] = """["claude-sonnet-4"]""", ["source"] = "the provider's price page",
        ["above_input_tokens"] = "200000", ["percent"] = "20", ["fixed"] = "0", ["credits_per_usd"] = "100",
        ["refund_grace"] = "604800", ["max_hold_lifetime"] = "604800",
        ["max_event_age"] = "2592000", ["UsageEventRequest.id"] = "chat-7412", ["UsageEventResult.id"] = "chat-7412",
        ["UsageEventRequest.source"] = "gateway", ["UsageEventResult.source"] = "gateway",
        ["UsageEventResult.status"] = "accepted", ["UsageEventResult.amount"] = "0.008100",
        ["accepted"] = "1", ["duplicates"] = "0", ["rejected"] = "0",
        ["issuer"] = "https://login.example.com/", ["audiences"] = """["tallystick"]""",
        ["algorithms"] = """["RS256","PS256","ES256"]""", ["subject_claim"] = "sub", ["default_tier"] = "trial",
        ["required_claims"] = """{"org":"acme"}""", ["clock_skew"] = "60",
        ["IdentityProviderResponse.id"] = "idp_00000000000000000009tn", ["IdentityProviderResponse.name"] = "login",
        ["current_status"] = "captured", ["next_cursor"] = "b3BhcXVl", ["base_url"] = "https://api.openai.com/v1",
    };

    /// <summary>Optional members that an example of a request shows.</summary>
    private static readonly HashSet<string> Shown = new(StringComparer.Ordinal)
    {
        "PutAccountRequest.name", "PutAccountRequest.metadata", "ChargeRequest.account_id",
        "UsageEventRequest.account_id",
        "HoldRequest.account_id", "CheckRequest.account_id", "LicenseRequest.name", "LicenseRequest.expires_at",
        "ChangeLicenseRequest.name", "GrantRequest.bucket", "GrantRequest.kind",
        "GrantRequest.expires_at", "GrantRequest.reference_id", "ChargeRequest.description",
        "ChargeRequest.reference_id", "ChargeRequest.metadata", "RefundRequest.amount", "RefundRequest.reason",
        "HoldRequest.expires_in", "HoldRequest.reference_id", "CaptureRequest.mode", "JobRequest.credits_per_row",
        "JobRequest.reference_id", "EndJobRequest.rows_done", "VoidRequest.reason", "WatchRequest.account_id",
        "WatchRequest.expires_in", "PriceBody.provider", "PriceBody.model", "PriceBody.rates", "PriceBody.source",
        "UsageBody.provider", "UsageBody.model", "UsageBody.input_tokens", "UsageBody.output_tokens",
        "EstimateRequest.usage", "UsageEventRequest.source", "ProjectSettingsRequest.credits_per_usd",
        "ProjectSettingsRequest.markup",
        "MarkupBody.percent", "UpstreamRequest.base_url", "UpstreamRequest.key",
    };

    public static bool IsShown(Type type, string member) => Shown.Contains($"{type.Name}.{member}");

    public static string[]? WordsOf(Type type, string member) => Find(Words, type, member);

    public static JsonObject? FormOf(Type type, string member) =>
        Find(Forms, type, member) is { } form ? JsonNode.Parse(form)!.AsObject() : null;

    public static string? SampleOf(Type type, string member) => Find(Samples, type, member);

    private static T? Find<T>(Dictionary<string, T> rules, Type type, string member) where T : class =>
        rules.GetValueOrDefault($"{type.Name}.{member}") ?? rules.GetValueOrDefault(member);

    private static string[] All<T>(Func<T, string> word) where T : struct, Enum =>
        [.. Enum.GetValues<T>().Select(word).Distinct()];
}
