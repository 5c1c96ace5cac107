using System.Text.Json;

namespace Tallystick.Api.Tests.Oracles;

/// <summary>Which of TigerBeetle's cases have no counterpart, by what is in them. docs/oracles.md says why.</summary>
internal static class TwoPhaseScope
{
    /// <summary>Null for a case that must come out as it says.</summary>
    public static string? WhyNot(JsonElement one)
    {
        if (one.GetProperty("kind").GetString() == "validation") return "validation";
        var (given, status) = (one.GetProperty("given"), one.GetProperty("expect").GetProperty("status").GetString()!);
        var accounts = given.GetProperty("accounts").EnumerateObject().Select(account => account.Value).ToList();
        if (Said.Has(given, "same_id_failed_before_with_transient_error")) return "burnt id";
        if (accounts.Exists(HasDebitLimit)) return "debit limit";
        if (OfTransfer(one.GetProperty("when"), status) is { } reason) return reason;
        if (accounts.Exists(account => Names(account).Any(IsBeyond))) return "64 bits";
        return accounts.Exists(account => HasLimit(account) && Figure(account, "credits_posted")
            < Figure(account, "debits_posted") + Figure(account, "debits_pending")) ? "setting" : null;
    }

    /// <summary>Null for a sequence of steps that must come out as they say, as far as a late post.</summary>
    public static string? OfSequence(JsonElement sequence)
    {
        foreach (var step in Said.Items(sequence, "steps"))
        {
            var op = Said.Word(step, "op");
            if (op == "setup" && Names(step).Any(IsBeyond)) return "64 bits";
            if (op == "account" && Said.Items(step, "flags").Any(
                flag => flag.GetString() == "credits_must_not_exceed_debits")) return "debit limit";
            if (IsLatePost(step)) return null;
            if (op == "transfer" && OfTransfer(step, Said.Word(step, "expected")) is { } reason) return reason;
        }
        return null;
    }

    public static bool IsLatePost(JsonElement step) =>
        Said.Word(step, "op") == "transfer" && OfTransfer(step, Said.Word(step, "expected")) == "late post";

    private static string? OfTransfer(JsonElement transfer, string status)
    {
        var flags = Said.Items(transfer, "flags").Select(flag => flag.GetString()!).ToList();
        var (isPost, isVoid) = (flags.Contains("post_pending_transfer"), flags.Contains("void_pending_transfer"));
        if (flags.Exists(flag => flag.StartsWith("balancing", StringComparison.Ordinal))) return "balancing";
        if (flags.Exists(flag => flag.StartsWith("closing", StringComparison.Ordinal)) || status.Contains("closed",
            StringComparison.Ordinal)) return "closing";
        if (flags.Contains("linked") || status == "linked_event_failed") return "linked";
        if (status is "id_already_failed") return "burnt id";
        if (status is "exceeds_debits") return "debit limit";
        if (isPost && status == "pending_transfer_expired") return "late post";
        if (status.EndsWith("_must_not_be_zero", StringComparison.Ordinal)) return "validation";
        if (status.StartsWith("pending_transfer_has_different", StringComparison.Ordinal)
            || status.EndsWith("account_id", StringComparison.Ordinal)
            || (isVoid && status.StartsWith("exists_with", StringComparison.Ordinal))) return "other parties";
        var amount = Said.Word(transfer, "amount");
        if (isPost || isVoid) return null;
        if (amount == "0") return "zero";
        return status == "created" && amount.StartsWith("MAX", StringComparison.Ordinal) ? "64 bits" : null;
    }

    public static bool HasLimit(JsonElement account) => Limits(account).Contains("debits_must_not_exceed_credits");

    public static decimal Figure(JsonElement account, string name) => Said.Number(account, name);

    private static bool HasDebitLimit(JsonElement account) =>
        Limits(account).Contains("credits_must_not_exceed_debits");

    private static IEnumerable<string?> Limits(JsonElement account) =>
        Said.Items(account, "limits").Select(limit => limit.GetString());

    private static IEnumerable<JsonElement> Names(JsonElement account) =>
        account.EnumerateObject().Where(figure => figure.Name.Contains("_p", StringComparison.Ordinal))
            .Select(figure => figure.Value);

    private static bool IsBeyond(JsonElement figure) =>
        figure.ToString() is { Length: > 11 } or ['M', ..];
}
