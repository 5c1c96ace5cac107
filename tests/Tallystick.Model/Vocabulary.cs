using System.Text;

namespace Tallystick.Model;

/// <summary>The pools of docs/rules.md, declared in the order in which postings are sorted.</summary>
public enum Pool { Issued, Debt, Unfunded, Reserved, Line, Pending, Remaining, Held, Used, Expired, Voided }

public enum AccountStatus { Active, Suspended, Closed }

public enum GrantKind { Allowance, Purchase, Promotional, Bonus, Refund, Adjustment, Rollover, Import }

public enum GrantStatus { Pending, Active, Depleted, Expired, Voided }

public enum HoldStatus { Held, Captured, Released, Expired }

/// <summary>What a capture does with more than the hold has left.</summary>
public enum CaptureMode { Overflow, Cap, Reject }

public enum EntryKind
{
    AccountOpened, AccountChanged, AccountSuspended, AccountReactivated, AccountClosed,
    Grant, GrantActivated, GrantExpired, GrantVoided,
    Charge, Hold, Capture, Release, HoldExtended, HoldExpired, Refund,
}

public static class Words
{
    /// <summary>The word as the API and the journal spell it: GrantActivated is grant_activated.</summary>
    public static string Spell(Enum word)
    {
        var text = new StringBuilder();
        foreach (var letter in word.ToString())
        {
            if (char.IsUpper(letter) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
