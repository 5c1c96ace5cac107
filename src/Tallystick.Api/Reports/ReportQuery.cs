using Microsoft.AspNetCore.Http;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Reports;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;
using Tallystick.Engine;
using Tallystick.Engine.Reports;

namespace Tallystick.Api.Reports;

/// <summary>
/// What a report is about: one account or all, a period, a time zone. The period is the last 30 days where nothing else
/// is said; the zone is the account's own, for a whole project UTC.
/// </summary>
internal sealed class ReportQuery
{
    public static readonly string[] Members = ["account_id", "from", "to", "time_zone", "format"];
    private const int DaysDefault = 30;
    private const int DaysMax = 400;

    /// <summary>Far from where days and slots can no longer be counted.</summary>
    private static readonly Instant Last = Instant.From(new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private ReportQuery(ApiCall call, AccountState? account, bool isDaily)
    {
        Account = account;
        var query = call.Context.Request.Query;
        TimeZone = Text(query, "time_zone") ?? account?.Terms.TimeZone ?? AccountTerms.ZoneDefault;
        if (!ZonedCalendar.Instance.Knows(TimeZone))
            throw RequestException.Invalid("time_zone", "an id of the IANA time zone database");
        var now = call.Ledger.Clock.Now;
        // What has just happened is in a report that ends now, and so is what is dated as far ahead as it may be.
        var to = Time(query, "to") ?? new(now.Micros + 1 + (isDaily ? 0 : UsageRules.AheadMax.Micros));
        if (to < default(Instant) || to > Last) throw RequestException.Invalid("to", $"from 1970 to {Last}");
        var from = Time(query, "from") ?? (isDaily
            ? ZonedCalendar.DayBefore(TimeZone, new(Math.Max(0, to.Micros - 1)), DaysDefault - 1)
            : new(to.Micros - Duration.FromDays(DaysDefault).Micros));
        if (from > to) throw RequestException.Invalid("from", "later than to");
        if (from < default(Instant)) from = default;
        if (isDaily && to.Micros - from.Micros > Duration.FromDays(DaysMax).Micros)
            throw RequestException.Invalid("from", $"at most {DaysMax} days before to");
        Span = isDaily ? WholeDays(from, to) : ReportSpan.Of(from, to);
        Chain = account?.Key ?? ChainKey.OfProject(call.Principal.Project);
    }

    public AccountState? Account { get; }
    public ChainKey Chain { get; }
    public string TimeZone { get; }
    public ReportSpan Span { get; }
    public ReportPeriod Period => new(Span.Start.ToTimestamp(), Span.End.ToTimestamp(), TimeZone);

    /// <summary>For a back end: an account that it names, or all.</summary>
    public static async ValueTask<ReportQuery> ReadAsync(ApiCall call, bool isDaily = false)
    {
        var accountId = Text(call.Context.Request.Query, "account_id");
        return new(call, accountId is null ? null : (await call.AccountAsync(accountId)).State, isDaily);
    }

    /// <summary>For an account's holder: the own one.</summary>
    public static async ValueTask<ReportQuery> ReadOwnAsync(ApiCall call, bool isDaily = false) =>
        new(call, await call.HolderAsync(), isDaily);

    private ReportSpan WholeDays(Instant from, Instant to)
    {
        // A period that ends at midnight has nothing of the day that begins there.
        var last = to > from ? new Instant(to.Micros - 1) : to;
        var days = ZonedCalendar.Days(TimeZone, from, new(last.Micros + 1)).ToList();
        return ReportSpan.Of(days[0].Start, days[^1].End);
    }

    private Instant? Time(IQueryCollection query, string name)
    {
        if (Text(query, name) is not { } text) return null;
        if (ZonedCalendar.TryReadDay(text, TimeZone, out var start)) return start;
        return Timestamp.TryParse(text, out var time) ? time.ToInstant()
            : throw RequestException.Invalid(name, "an RFC 3339 time, or a date");
    }

    private static string? Text(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) ? values[0] : null;
}
