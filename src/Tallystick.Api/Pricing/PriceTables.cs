using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;
using Tallystick.Core;
using Tallystick.Core.Pricing;
using Tallystick.Core.Pricing.Import;
using Tallystick.Core.Time;

namespace Tallystick.Api.Pricing;

/// <summary>
/// Tables of prices, of other projects or in the form of <c>PUT /api/v1/prices</c>, and what one would change in a
/// price book: the same for a request and for a command beside the server.
/// </summary>
public static class PriceTables
{
    public const string LiteLlm = "litellm", GenaiPrices = "genai_prices", ModelsDev = "models_dev", Own = "tallystick";

    public static readonly ImmutableArray<string> Formats = [LiteLlm, GenaiPrices, ModelsDev, Own];

    /// <summary>What a table is by its looks.</summary>
    public static string FormatOf(JsonElement table) =>
        table.ValueKind == JsonValueKind.Array ? GenaiPrices
        : table.ValueKind == JsonValueKind.Object && table.TryGetProperty("prices", out var prices)
            && prices.ValueKind == JsonValueKind.Array ? Own
        : ModelsDevTable.IsLike(table) ? ModelsDev
        : LiteLlm;

    /// <summary>The prices of a file beside the server; false, with the reason, where it is no such table.</summary>
    public static bool TryRead(
        string format, JsonElement table, string source, [NotNullWhen(true)] out ImportedPrices? imported,
        out string refusal)
    {
        (imported, refusal) = (null, "");
        try
        {
            imported = Read(format, table, source);
        }
        catch (RequestException wrong)
        {
            refusal = wrong.Message;
        }
        catch (RejectionException wrong)
        {
            refusal = wrong.Rejection is Rejection.InvalidField field ? field.Reason : wrong.Rejection.Code;
        }
        return imported is not null;
    }

    /// <summary>What the prices would change, as an import with <c>dry_run</c> answers it.</summary>
    public static ImportPricesResponse Diff(PriceBook book, ImportedPrices imported, Instant now, int project) =>
        Render(project, dryRun: true, BookDiff.Of(book, imported.Prices, now), imported);

    /// <exception cref="RequestException">The format is not known.</exception>
    /// <exception cref="RejectionException">The table is not of this format.</exception>
    internal static ImportedPrices Read(string? format, JsonElement table, string? source)
    {
        ImportedPrices imported;
        var rejection = format switch
        {
            LiteLlm => LiteLlmTable.Read(table, source, out imported),
            GenaiPrices or "genai-prices" => GenaiTable.Read(table, source, out imported),
            ModelsDev or "models.dev" => ModelsDevTable.Read(table, source, out imported),
            Own => ReadOwn(table, out imported),
            _ => throw RequestException.Invalid("format", string.Join(", ", Formats)),
        };
        return rejection is null ? imported : throw new RejectionException(rejection);
    }

    internal static ImportPricesResponse Render(int project, bool dryRun, BookDiff diff, ImportedPrices imported) =>
        new()
        {
            DryRun = dryRun,
            Added = [.. diff.Added.Select(price => price.Selector.ToString())],
            Changed = [.. diff.Changed.Select(change => Render(change, project))],
            Ended = [.. diff.Ended.Select(price => price.Selector.ToString())],
            Unchanged = diff.Unchanged,
            LeftOut =
            [
                .. imported.Left.Select(left =>
                    new LeftOutResponse(left.Entry, left.Part.Length == 0 ? null : left.Part, left.Reason)),
            ],
        };

    /// <summary>Price by price: one that says something impossible is left out, and the others are taken.</summary>
    private static Rejection? ReadOwn(JsonElement table, out ImportedPrices imported)
    {
        imported = new([], []);
        if (FormatOf(table) != Own) return new Rejection.InvalidField("body", "an object with prices, an array");
        var prices = ImmutableArray.CreateBuilder<Price>();
        var left = ImmutableArray.CreateBuilder<LeftOut>();
        foreach (var (i, element) in table.GetProperty("prices").EnumerateArray().Index())
        {
            var place = $"prices[{i}]";
            try
            {
                var body = RequestBody.Parse(
                    Encoding.UTF8.GetBytes(element.GetRawText()), ContractsJson.Default.PriceBody);
                prices.Add(PriceForm.Read(body, place));
            }
            catch (RequestException wrong)
            {
                left.Add(new(place, "", wrong.Message));
            }
        }
        imported = new(prices.ToImmutable(), left.ToImmutable());
        return null;
    }

    private static PriceChangeResponse Render(PriceChange change, int project) => new()
    {
        Price = change.After.Selector.ToString(),
        Before = PriceForm.Render(change.Before, project),
        After = PriceForm.Render(change.After, project),
        Rates =
        [
            .. change.Rates.Select(rate => new RateChangeResponse(
                rate.Rate, rate.Before?.ToNumber(), rate.After?.ToNumber(), rate.Percent?.ToNumber())),
        ],
        NamesAdded = [.. change.NamesAdded],
        NamesRemoved = [.. change.NamesRemoved],
    };
}
