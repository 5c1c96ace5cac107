using System.Text.Json;
using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Json;

namespace Tallystick.Server.Bench;

/// <summary>
/// What nothing can be faster than: the same Kestrel, the same JSON in and out, and nothing in between. It takes a
/// charge and answers as the ledger does; it knows no keys, no accounts and no disk.
/// </summary>
internal static class EmptyEndpoint
{
    public const string Path = "/api/v1/charges";

    private static readonly MovementResponse Answer = new()
    {
        Id = "chg_e111fs9tyrg4000000039n", AccountId = "", TransactionId = "txn_e111fs9tyrg400000003jp",
        Amount = default,
        Breakdown = [new("grt_e111fs9tyrg4000000021d", "purchase", new(1_000))],
        BalanceBefore = new(999_999_000_000), BalanceAfter = new(999_998_999_000),
        AvailableAfter = new(999_998_999_000), CreatedAt = new(1_767_225_600_123_456),
    };

    public static async Task<int> RunAsync(string url, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(url);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddRoutingCore();
        await using var app = builder.Build();
        app.UseRouting();
        app.MapMethods(Path, ["POST"], (RequestDelegate)AnswerAsync);
        await app.StartAsync(cancel);
        Console.WriteLine($"The empty endpoint listens on {string.Join(", ", app.Urls)}");
        await app.WaitForShutdownAsync(cancel);
        return ExitCode.Ok;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var request = await JsonSerializer.DeserializeAsync(
            context.Request.Body, ContractsJson.Default.ChargeRequest, context.RequestAborted);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            Answer with { AccountId = request!.AccountId!, Amount = request.Amount!.Value },
            ContractsJson.Default.MovementResponse);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
