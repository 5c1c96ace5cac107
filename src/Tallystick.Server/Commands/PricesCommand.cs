using System.CommandLine;
using System.Text.Json;
using Tallystick.Api.Pricing;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;
using Tallystick.Core.Time;
using Tallystick.Engine.Audit;
using Tallystick.Server.Pricing;

namespace Tallystick.Server.Commands;

/// <summary><c>tally prices diff</c>: what a table would change, without changing anything.</summary>
internal static class PricesCommand
{
    private static readonly Argument<FileInfo> Table = new("file")
    {
        Description = "The table of litellm, genai-prices or models.dev, or a body of PUT /api/v1/prices",
    };

    private static readonly Option<string?> Format = new("--format")
    {
        Description = $"{string.Join(", ", PriceTables.Formats)}; else by its looks",
        HelpName = "FORMAT",
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "One JSON object in place of tables",
    };

    public static Command Create()
    {
        Table.AcceptExistingOnly();
        Format.AcceptOnlyFromAmong([.. PriceTables.Formats]);
        var diff = new Command(
            "diff", "Tell what a table of prices would change: 0 nothing, 6 something")
        {
            Table, Format, ServerOptions.Url, ServerOptions.Key, Stores.Data, Stores.Postgres, AccountOptions.Project,
            Json,
        };
        diff.Validators.Add(ServerOptions.Check);
        diff.SetAction(RunAsync);
        return new("prices", "Compare tables of prices with what is in force (--data, --postgres or --url)") { diff };
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var file = parsed.GetValue(Table)!;
        var bytes = await File.ReadAllBytesAsync(file.FullName, cancel);
        using var table = Parse(bytes, file);
        if (table is null) return ExitCode.Usage;
        var format = parsed.GetValue(Format) ?? PriceTables.FormatOf(table.RootElement);
        var diff = parsed.GetValue(ServerOptions.Url) is { } url
            ? await AskAsync(url, ServerOptions.KeyOf(parsed)!, format, file.Name, bytes, cancel)
            : OfStore(parsed, format, file.Name, table.RootElement);
        if (diff is null) return ExitCode.Usage;
        Console.Write(parsed.GetValue(Json)
            ? JsonSerializer.Serialize(diff, ContractsJson.Default.ImportPricesResponse) + "\n"
            : PriceDiffText.Of(diff, $"{file.Name} ({format})"));
        return diff.Added.Count + diff.Changed.Count == 0 ? ExitCode.Ok : ExitCode.Different;
    }

    /// <summary>The server's own dry run of an import.</summary>
    private static async Task<ImportPricesResponse> AskAsync(
        Uri url, string key, string format, string source, byte[] table, CancellationToken cancel)
    {
        using var server = new ServerCall(url, key);
        return await server.PostAsync(
            $"/api/v1/prices/import?dry_run=true&format={format}&source={Uri.EscapeDataString(source)}", table,
            AnswerJson.Default.ImportPricesResponse, cancel);
    }

    private static ImportPricesResponse? OfStore(ParseResult parsed, string format, string source, JsonElement table)
    {
        if (!PriceTables.TryRead(format, table, source, out var imported, out var refusal))
        {
            Console.Error.WriteLine($"{source} is no table of the format {format}: {refusal}.");
            return null;
        }
        using var audit = Stores.OpenAudit(parsed);
        var project = parsed.GetValue(AccountOptions.Project);
        if (StorePrices.Find(audit, project) is { } book)
            return PriceTables.Diff(book, imported, Instant.From(TimeProvider.System.GetUtcNow()), project);
        Console.Error.WriteLine($"There is no project {project}.");
        return null;
    }

    public static JsonDocument? Parse(byte[] bytes, FileInfo file)
    {
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException fault)
        {
            Console.Error.WriteLine($"{file.Name} is not JSON: {fault.Message}");
            return null;
        }
    }
}
