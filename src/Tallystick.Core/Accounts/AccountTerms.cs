using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Core.Accounts;

/// <summary>What has been agreed with an account.</summary>
public sealed record AccountTerms
{
    public const string ZoneDefault = "UTC";
    public static readonly AccountTerms Default = new();

    /// <summary>How far admission may go below zero.</summary>
    public CreditAmount OverdraftLimit { get; init; }

    /// <summary>What may be spent in a period; null: what the tier says.</summary>
    public CreditAmount? MonthlyCap { get; init; }

    /// <summary>In which its periods begin: an id of the IANA time zone database.</summary>
    public string TimeZone { get; init; } = ZoneDefault;

    internal void Write(CborWriter writer)
    {
        writer.Array(3);
        writer.Int(OverdraftLimit.Micros);
        if (MonthlyCap is { } cap) writer.Int(cap.Micros); else writer.Null();
        writer.Text(TimeZone);
    }

    internal static AccountTerms Read(ref CborReader r)
    {
        if (r.Array() != 3) throw new JournalCorruptException("not an account's terms");
        var (overdraft, cap) = (r.Int(), r.TryNull() ? null : (CreditAmount?)new CreditAmount(r.Int()));
        var zone = r.Name();
        return overdraft == 0 && cap is null && zone == ZoneDefault ? Default
            : new() { OverdraftLimit = new(overdraft), MonthlyCap = cap, TimeZone = zone };
    }
}
