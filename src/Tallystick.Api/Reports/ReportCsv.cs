using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Tallystick.Api.Http;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Reports;

namespace Tallystick.Api.Reports;

/// <summary>The same reports as tables: <c>?format=csv</c>, or <c>Accept: text/csv</c>.</summary>
internal static class ReportCsv
{
    public const string ContentType = "text/csv";

    public static bool IsAsked(HttpContext context)
    {
        var format = context.Request.Query["format"];
        if (format.Count > 0)
            return format[0] switch
            {
                "csv" => true,
                "json" => false,
                _ => throw RequestException.Invalid("format", "json or csv"),
            };
        var accepted = context.Request.Headers.Accept.ToString();
        var (csv, json) = (
            accepted.IndexOf(ContentType, StringComparison.OrdinalIgnoreCase),
            accepted.IndexOf("application/json", StringComparison.OrdinalIgnoreCase));
        return csv >= 0 && (json < 0 || csv < json);
    }

    public static void Begin(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = ContentType + "; charset=utf-8; header=present";
    }

    /// <summary>The rows of a report; of a summary there is one.</summary>
    public static Task WriteAsync(HttpContext context, object report) => report switch
    {
        UsageSummaryResponse summary => WriteAsync<UsageFigures>(context, [summary]),
        UsageByModelResponse byModel => WriteAsync(context, byModel.Data),
        UsageByServiceResponse byService => WriteAsync(context, byService.Data),
        UsageByKeyResponse byKey => WriteAsync(context, byKey.Data),
        DailyUsageResponse daily => WriteAsync(context, daily.Data),
        DailyBalanceResponse balances => WriteAsync(context, balances.Data),
        _ => throw new System.Diagnostics.UnreachableException(report.GetType().Name),
    };

    private static async Task WriteAsync<T>(HttpContext context, IReadOnlyList<T> rows) where T : class
    {
        JsonTypeInfo type = ContractsJson.Default.GetTypeInfo(typeof(T))!;
        var text = new CsvText();
        text.Header(type);
        Begin(context.Response);
        foreach (var row in rows)
        {
            text.Row(type, row);
            if (text.IsFull) await context.Response.Body.WriteAsync(text.Take(), context.RequestAborted);
        }
        await context.Response.Body.WriteAsync(text.Take(), context.RequestAborted);
    }
}
