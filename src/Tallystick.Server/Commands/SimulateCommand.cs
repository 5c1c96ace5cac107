using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Tallystick.Api.Pricing;
using Tallystick.Api.Tiers;
using Tallystick.Core.Pricing;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Engine.WhatIf;
using Tallystick.Server.Pricing;

namespace Tallystick.Server.Commands;

/// <summary><c>tally simulate</c>: what a period would have brought under other prices and tiers.</summary>
internal static class SimulateCommand
{
    private static readonly Option<FileInfo> Prices = new("--prices")
    {
        Description = "In the place of the book's for whatever they are for: the table of litellm, genai-prices or "
            + "models.dev, or a body of PUT /api/v1/prices",
        HelpName = "FILE",
    };

    private static readonly Option<FileInfo> Tiers = new("--tiers")
    {
        Description = "In force from --from on: an object, the tier's name → a body of PUT /api/v1/tiers/{name}",
        HelpName = "FILE",
    };

    private static readonly Option<DateTimeOffset> From = new("--from")
    {
        Description = "Of what was recorded from this instant on", HelpName = "TIME", Required = true,
    };

    private static readonly Option<DateTimeOffset> To = new("--to")
    {
        Description = "Before this instant", HelpName = "TIME", Required = true,
    };

    public static Command Create()
    {
        Prices.AcceptExistingOnly();
        Tiers.AcceptExistingOnly();
        var command = new Command(
            "simulate", "Replay recorded usage under other prices and tiers, without touching the books")
        {
            Prices, Tiers, From, To, Stores.Data, Stores.Postgres, AccountOptions.Project, PricesCommand.Json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        if (PricesOf(parsed) is not { } prices || TiersOf(parsed) is not { } tiers) return ExitCode.Usage;
        var query = new WhatIfQuery(
            parsed.GetValue(AccountOptions.Project), Instant.From(parsed.GetValue(From)),
            Instant.From(parsed.GetValue(To)))
        {
            Prices = prices, Tiers = tiers,
        };
        using var audit = Stores.OpenAudit(parsed);
        var result = CommandProgress.Run("Replaying", progress => WhatIfRun.Run(audit, query, progress));
        if (result is null)
        {
            Console.Error.WriteLine($"There is no project {query.Project}.");
            return ExitCode.NotFound;
        }
        var report = WhatIfReport.Of(result, query);
        Console.Write(parsed.GetValue(PricesCommand.Json)
            ? JsonSerializer.Serialize(report, WhatIfJson.Default.WhatIfReport) + "\n"
            : WhatIfText.Of(report));
        return ExitCode.Ok;
    }

    /// <summary>Null, and said why, where the file is no table.</summary>
    private static ImmutableArray<Price>? PricesOf(ParseResult parsed)
    {
        if (parsed.GetValue(Prices) is not { } file) return [];
        using var table = PricesCommand.Parse(File.ReadAllBytes(file.FullName), file);
        if (table is null) return null;
        var format = PriceTables.FormatOf(table.RootElement);
        if (!PriceTables.TryRead(format, table.RootElement, file.Name, out var imported, out var refusal))
        {
            Console.Error.WriteLine($"{file.Name} is no table of the format {format}: {refusal}.");
            return null;
        }
        foreach (var left in imported.Left)
            Console.Error.WriteLine($"Not taken: {left.Entry} {left.Part}: {left.Reason}");
        return imported.Prices;
    }

    private static ImmutableArray<(string Name, TierTerms Terms)>? TiersOf(ParseResult parsed)
    {
        if (parsed.GetValue(Tiers) is not { } file) return [];
        using var table = PricesCommand.Parse(File.ReadAllBytes(file.FullName), file);
        if (table is null) return null;
        if (TierTables.TryRead(table.RootElement, out var tiers, out var refusal)) return tiers;
        Console.Error.WriteLine($"{file.Name} is no table of tiers: {refusal}.");
        return null;
    }
}
