using Tallystick.Core.Accounts;
using Tallystick.Core.Grants;
using Tallystick.Core.Holds;
using Tallystick.Core.Journal;
using Tallystick.Core.Tiers;
using Tallystick.Core.Usage;

namespace Tallystick.Api.Rendering;

/// <summary>The words of the API for what the core enumerates, both ways.</summary>
internal static class Words
{
    public static string Of(AccountStatus status) => status switch
    {
        AccountStatus.Active => "active",
        AccountStatus.Suspended => "suspended",
        _ => "closed",
    };

    public static string Of(GrantStatus status) => status switch
    {
        GrantStatus.Pending => "pending",
        GrantStatus.Active => "active",
        GrantStatus.Depleted => "depleted",
        GrantStatus.Expired => "expired",
        _ => "voided",
    };

    public static string Of(HoldStatus status) => status switch
    {
        HoldStatus.Held => "held",
        HoldStatus.Captured => "captured",
        HoldStatus.Released => "released",
        _ => "expired",
    };

    public static string Of(GrantKind kind) => kind switch
    {
        GrantKind.Allowance => "allowance",
        GrantKind.Purchase => "purchase",
        GrantKind.Promotional => "promotional",
        GrantKind.Bonus => "bonus",
        GrantKind.Refund => "refund",
        GrantKind.Adjustment => "adjustment",
        GrantKind.Rollover => "rollover",
        _ => "import",
    };

    public static string? Of(GrantReason reason) => reason switch
    {
        GrantReason.SignUp => "sign_up",
        GrantReason.InitialAllocation => "initial_allocation",
        GrantReason.Allowance => "allowance",
        GrantReason.Proration => "proration",
        _ => null,
    };

    public static string Of(Pool pool) => pool switch
    {
        Pool.Issued => "issued",
        Pool.Debt => "debt",
        Pool.Unfunded => "unfunded",
        Pool.Reserved => "reserved",
        Pool.Line => "line",
        Pool.Pending => "pending",
        Pool.Remaining => "remaining",
        Pool.Held => "held",
        Pool.Used => "used",
        Pool.Expired => "expired",
        _ => "voided",
    };

    public static string Of(JobOutcome outcome) => outcome switch
    {
        JobOutcome.Completed => "completed",
        JobOutcome.Failed => "failed",
        _ => "rolled_back",
    };

    public static string Of(KeyRole role) => role switch
    {
        KeyRole.Admin => "admin",
        KeyRole.Service => "service",
        KeyRole.Ingest => "ingest",
        KeyRole.Read => "read",
        _ => "account",
    };

    public static KeyRole? ToKeyRole(string word) => word switch
    {
        "admin" => KeyRole.Admin,
        "service" => KeyRole.Service,
        "ingest" => KeyRole.Ingest,
        "read" => KeyRole.Read,
        "account" => KeyRole.Account,
        _ => null,
    };

    public static string Of(UsageMode mode) => mode switch
    {
        UsageMode.Batch => "batch",
        UsageMode.Flex => "flex",
        UsageMode.Priority => "priority",
        _ => "standard",
    };

    public static UsageMode? ToUsageMode(string word) => word switch
    {
        "standard" => UsageMode.Standard,
        "batch" => UsageMode.Batch,
        "flex" => UsageMode.Flex,
        "priority" => UsageMode.Priority,
        _ => null,
    };

    public static GrantKind? ToGrantKind(string word) => word switch
    {
        "allowance" => GrantKind.Allowance,
        "purchase" => GrantKind.Purchase,
        "promotional" => GrantKind.Promotional,
        "bonus" => GrantKind.Bonus,
        "refund" => GrantKind.Refund,
        "adjustment" => GrantKind.Adjustment,
        "rollover" => GrantKind.Rollover,
        "import" => GrantKind.Import,
        _ => null,
    };

    public static GrantStatus? ToGrantStatus(string word) => word switch
    {
        "pending" => GrantStatus.Pending,
        "active" => GrantStatus.Active,
        "depleted" => GrantStatus.Depleted,
        "expired" => GrantStatus.Expired,
        "voided" => GrantStatus.Voided,
        _ => null,
    };

    public static HoldStatus? ToHoldStatus(string word) => word switch
    {
        "held" => HoldStatus.Held,
        "captured" => HoldStatus.Captured,
        "released" => HoldStatus.Released,
        "expired" => HoldStatus.Expired,
        _ => null,
    };

    public static string Of(PeriodRule rule) => rule == PeriodRule.Calendar ? "calendar" : "anniversary";

    public static PeriodRule? ToPeriodRule(string word) => word switch
    {
        "calendar" => PeriodRule.Calendar,
        "anniversary" => PeriodRule.Anniversary,
        _ => null,
    };

    public static TierChange? ToTierChange(string word) => word switch
    {
        "at_once" => TierChange.AtOnce,
        "period_end" => TierChange.AtPeriodEnd,
        _ => null,
    };

    public static CaptureMode? ToCaptureMode(string word) => word switch
    {
        "overflow" => CaptureMode.Overflow,
        "cap" => CaptureMode.Cap,
        "reject" => CaptureMode.Reject,
        _ => null,
    };
}
