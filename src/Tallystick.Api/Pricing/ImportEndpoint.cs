using System.Text.Json;
using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;
using Tallystick.Core;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Pricing.Import;

namespace Tallystick.Api.Pricing;

/// <summary>
/// <c>POST /api/v1/prices/import?format=litellm|genai_prices[&amp;dry_run=true]</c>: another project's table as it is.
/// </summary>
internal static class ImportEndpoint
{
    public static readonly ApiRoute Route = ApiRoute.Post(
        Roles.Admins, "/api/v1/prices/import", "Add the prices of another project's table", typeof(JsonElement),
        typeof(ImportPricesResponse), RunAsync) with
    {
        BodyMax = RequestBody.BatchBytesMax,
        Query = ["format", "dry_run", "source"],
    };

    private static async Task RunAsync(ApiCall call)
    {
        string? query(string name) => call.Context.Request.Query[name];
        var dryRun = query("dry_run") switch
        {
            null or "false" => false,
            "true" => true,
            _ => throw RequestException.Invalid("dry_run", "true or false"),
        };
        using var table = await call.ReadDocumentAsync();
        var format = query("format");
        var imported = Read(format, table.RootElement, query("source") ?? format);
        var now = call.Ledger.Clock.Now;
        var diff = BookDiff.Of(await PriceEndpoints.BookAsync(call), imported.Prices, now);
        if (!dryRun)
        {
            var origin = call.Caller().Origin(Route, format, table.RootElement, ContractsJson.Default.JsonElement);
            await PriceEndpoints.RecordAsync(call, imported.Prices, origin);
        }
        await call.AnswerAsync(
            Render(call.Principal.Project, dryRun, diff, imported), ContractsJson.Default.ImportPricesResponse);
    }

    private static ImportedPrices Read(string? format, JsonElement table, string? source)
    {
        ImportedPrices imported;
        var rejection = format switch
        {
            "litellm" => LiteLlmTable.Read(table, source, out imported),
            "genai_prices" => GenaiTable.Read(table, source, out imported),
            _ => throw RequestException.Invalid("format", "litellm or genai_prices"),
        };
        return rejection is null ? imported : throw new RejectionException(rejection);
    }

    private static ImportPricesResponse Render(
        int project, bool dryRun, BookDiff diff, ImportedPrices imported) => new()
    {
        DryRun = dryRun,
        Added = [.. diff.Added.Select(price => price.Selector.ToString())],
        Changed =
        [
            .. diff.Changed.Select(change => new PriceChangeResponse(
                change.After.Selector.ToString(), PriceForm.Render(change.Before, project),
                PriceForm.Render(change.After, project))),
        ],
        Unchanged = diff.Unchanged,
        LeftOut =
        [
            .. imported.Left.Select(left =>
                new LeftOutResponse(left.Entry, left.Part.Length == 0 ? null : left.Part, left.Reason)),
        ],
    };
}
