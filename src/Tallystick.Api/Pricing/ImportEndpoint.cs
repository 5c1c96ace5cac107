using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;

namespace Tallystick.Api.Pricing;

/// <summary>
/// <c>POST /api/v1/prices/import?format=litellm|genai_prices|models_dev|tallystick[&amp;dry_run=true]</c>: another
/// project's table as it is, or one of our own form.
/// </summary>
internal static class ImportEndpoint
{
    public static readonly ApiRoute Route = ApiRoute.Post(
        Roles.Admins, "/api/v1/prices/import", "Add the prices of a table", typeof(JsonElement),
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
        var imported = PriceTables.Read(format, table.RootElement, query("source") ?? format);
        var now = call.Ledger.Clock.Now;
        var diff = BookDiff.Of(await PriceEndpoints.BookAsync(call), imported.Prices, now);
        var response = PriceTables.Render(call.Principal.Project, dryRun, diff, imported);
        if (!dryRun)
            await PriceEndpoints.RecordAsync(call, imported.Prices, Origin(call, format, table.RootElement));
        await call.AnswerAsync(response, ContractsJson.Default.ImportPricesResponse);
    }

    private static Origin Origin(ApiCall call, string? format, JsonElement table)
    {
        try
        {
            return call.Caller().Origin(Route, format, table, ContractsJson.Default.JsonElement);
        }
        catch (JsonException)
        {
            // Half a surrogate somewhere, in an entry that is not taken: the table means what it says byte for byte.
            var digest = Convert.ToHexString(SHA256.HashData(JsonMarshal.GetRawUtf8Value(table)));
            return call.Caller().Origin(Route, format, digest, ContractsJson.Default.String);
        }
    }
}
