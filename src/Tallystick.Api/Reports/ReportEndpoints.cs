using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Reports;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;
using Tallystick.Engine.Reports;

namespace Tallystick.Api.Reports;

/// <summary>
/// What was used and what it cost: for back ends, of an account or of the whole project, and for an account's holder.
/// </summary>
internal static class ReportEndpoints
{
    private delegate ValueTask<ReportQuery> Reading(ApiCall call, bool isDaily);

    public static readonly ApiRoute Summary = Of(Roles.Readers, "/api/v1/usage/summary", "Usage in all", SummaryAsync);
    public static readonly ApiRoute ByModel =
        Of(Roles.Readers, "/api/v1/usage/by-model", "Usage by model", ByModelAsync);

    public static readonly ApiRoute ByService =
        Of(Roles.Readers, "/api/v1/usage/by-service", "Usage by service", ByServiceAsync);

    public static readonly ApiRoute Daily = Of(Roles.Readers, "/api/v1/usage/daily", "Usage by day", DailyAsync);

    public static readonly ApiRoute ByKey = Of(
        Roles.Readers, "/api/v1/usage/by-key", "Usage by a metadata key that the project reports by", ByKeyAsync) with
    {
        Query = ["key", .. ReportQuery.Members],
    };

    public static readonly ApiRoute Balances = Of(
        Roles.Readers, "/api/v1/usage/balances", "The balance by day", BalancesAsync);

    public static readonly ApiRoute OwnSummary =
        Of(Roles.Holder, "/api/v1/credits/usage/summary", "Your usage in all", SummaryAsync);

    public static readonly ApiRoute OwnByModel =
        Of(Roles.Holder, "/api/v1/credits/usage/by-model", "Your usage by model", ByModelAsync);

    public static readonly ApiRoute OwnByService =
        Of(Roles.Holder, "/api/v1/credits/usage/by-service", "Your usage by service", ByServiceAsync);

    public static readonly ApiRoute OwnDaily =
        Of(Roles.Holder, "/api/v1/credits/usage/daily", "Your usage by day", DailyAsync);

    private static ApiRoute Of<T>(
        IReadOnlyList<KeyRole> roles, string pattern, string summary, Func<ApiCall, Reading, Task<T>> run)
        where T : class => ApiRoute.Get(roles, pattern, summary, typeof(T), async call =>
        {
            var isCsv = ReportCsv.IsAsked(call.Context);
            var report = await run(call, roles == Roles.Holder ? ReportQuery.ReadOwnAsync : ReportQuery.ReadAsync);
            if (isCsv) await ReportCsv.WriteAsync(call.Context, report);
            else await call.StreamAsync(report, ContractsJson.Default.GetTypeInfo(typeof(T))!);
        }) with
        {
            Query = ReportQuery.Members, HasCsv = true,
        };

    private static async Task<UsageSummaryResponse> SummaryAsync(ApiCall call, Reading read)
    {
        var query = await read(call, isDaily: false);
        var (total, services) = await By(call, query, Axis.Service);
        var named = services.Where(row => row.Value is not null)
            .ToDictionary(row => row.Value!, row => ReportForm.Totals(row.Figures), StringComparer.Ordinal);
        return new(ReportForm.Render(total), named, query.Period) { AccountId = query.Account?.AccountId };
    }

    private static async Task<UsageByModelResponse> ByModelAsync(ApiCall call, Reading read)
    {
        var query = await read(call, isDaily: false);
        var (_, rows) = await By(call, query, Axis.Model);
        return new([.. rows.Select(row => new ModelUsage(ReportForm.Render(row.Figures), row.Value))], query.Period);
    }

    private static async Task<UsageByServiceResponse> ByServiceAsync(ApiCall call, Reading read)
    {
        var query = await read(call, isDaily: false);
        var (_, rows) = await By(call, query, Axis.Service);
        return new([.. rows.Select(row => new ServiceUsage(ReportForm.Render(row.Figures), row.Value))], query.Period);
    }

    private static async Task<UsageByKeyResponse> ByKeyAsync(ApiCall call, Reading read)
    {
        var key = call.Context.Request.Query["key"].FirstOrDefault() ?? "";
        var project = await call.Ledger.FindProjectAsync(call.Principal.Project, call.Cancel);
        if (project is null || !project.Settings.ReportKeys.Contains(key))
            throw RequestException.Invalid("key", "one of the project's report_keys");
        var query = await read(call, isDaily: false);
        var (_, rows) = await By(call, query, Axis.Of(key));
        return new(
            key, [.. rows.Select(row => new KeyUsage(ReportForm.Render(row.Figures), row.Value))], query.Period);
    }

    private static async Task<DailyUsageResponse> DailyAsync(ApiCall call, Reading read)
    {
        var query = await read(call, isDaily: true);
        var days = await call.Ledger.Reports(query.Chain).DailyAsync(query.Span, query.TimeZone, call.Cancel);
        return new([.. days.Select(day => new DayUsage(ReportForm.Render(day.Figures), day.Date))], query.Period);
    }

    private static async Task<DailyBalanceResponse> BalancesAsync(ApiCall call, Reading read)
    {
        var query = await read(call, isDaily: true);
        var reports = call.Ledger.Reports(query.Chain);
        var (opening, days) = await reports.BalancesAsync(query.Span, query.TimeZone, call.Cancel);
        return new(ReportForm.Balances(days, opening), query.Period);
    }

    private static ValueTask<(Figures Total, IReadOnlyList<ReportRow> Rows)> By(
        ApiCall call, ReportQuery query, string axis) =>
        call.Ledger.Reports(query.Chain).ByAsync(axis, query.Span, call.Cancel);
}
