using System.Collections.Immutable;
using Tallystick.Api.Http;
using Tallystick.Contracts.Json;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Engine;

namespace Tallystick.Api.Pricing;

/// <summary>
/// The prices of well-known models that a fresh project begins with, each with its source and date: a body of
/// <c>PUT /api/v1/prices</c> that comes with the program. docs/pricing.md says how they were gathered.
/// </summary>
public static class DefaultPrices
{
    private const string Resource = "default-prices.json";
    private static readonly ImmutableArray<byte> Nobody = [.. new byte[16]];

    /// <summary>Records them in the project if it has never had prices or pricing settings.</summary>
    public static async Task EnsureAsync(Ledger ledger, int number, CancellationToken cancel)
    {
        var project = await ledger.FindProjectAsync(number, cancel);
        if (project is null || !project.PricingEntries.IsEmpty) return;
        // Claimed, so that of several nodes that begin at once only one adds them.
        await ledger.ExecuteAsync(
            new()
            {
                Chain = project.Key,
                Project = new ProjectCommand.PutPrices(Read()),
                Origin = new(Origin.OwnKey("default prices"), Nobody, default, Nobody),
            },
            cancel);
    }

    public static ImmutableArray<Price> Read()
    {
        using var stream = typeof(DefaultPrices).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the resource {Resource} is missing");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        var request = RequestBody.Parse(copy.ToArray(), ContractsJson.Default.PutPricesRequest);
        return [.. request.Prices.Select((price, i) => PriceForm.Read(price, $"prices[{i}]"))];
    }
}
