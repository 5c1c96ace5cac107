using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Rerating;
using Tallystick.Server.Pricing;

namespace Tallystick.Server.Commands;

/// <summary><c>tally rerate</c>: corrects the price of a past period, by a running server.</summary>
internal static class RerateCommand
{
    private static readonly Option<DateTimeOffset> From = new("--from")
    {
        Description = "From this instant of the usage on", HelpName = "TIME", Required = true,
    };

    private static readonly Option<DateTimeOffset> To = new("--to")
    {
        Description = "Before this instant", HelpName = "TIME", Required = true,
    };

    private static readonly Option<string[]> Models = new("--model")
    {
        Description = "Only usages of this model; may be given several times", HelpName = "NAME",
    };

    private static readonly Option<string[]> Accounts = new("--account")
    {
        Description = "Only this account; may be given several times", HelpName = "ID",
    };

    private static readonly Option<string?> Reason = new("--reason")
    {
        Description = "Goes with every correction, for people", HelpName = "TEXT",
    };

    private static readonly Option<bool> Run = new("--run")
    {
        Description = "Correct them. Without it nothing changes: it is told what would",
    };

    public static Command Create()
    {
        var command = new Command(
            "rerate", "Price the charges of a past period again by the prices recorded since; a dry run unless --run")
        {
            From, To, Models, Accounts, Reason, Run, ServerOptions.Url, ServerOptions.Key, PricesCommand.Json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(ServerOptions.Url) is null) result.AddError("rerate needs the --url of a server");
        });
        command.Validators.Add(ServerOptions.Check);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var server = new ServerCall(parsed.GetValue(ServerOptions.Url)!, ServerOptions.KeyOf(parsed)!);
        var sum = new RerateReport();
        var request = RequestOf(parsed);
        do
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(request, ContractsJson.Default.RerateRequest);
            var answer = await server.PostAsync(
                "/api/v1/rerate", body, AnswerJson.Default.RerateResponse, cancel);
            sum.Add(answer);
            if (answer.HasMore && Console.IsErrorRedirected is false)
                await Console.Error.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{sum.Whole.AccountsExamined:N0} accounts looked at"));
            request = request with { Cursor = answer.NextCursor };
        }
        while (request.Cursor is not null);
        Console.Write(parsed.GetValue(PricesCommand.Json)
            ? JsonSerializer.Serialize(sum.Whole, ContractsJson.Default.RerateResponse) + "\n"
            : sum.ToString());
        return sum.Whole.RefusedCount == 0 ? ExitCode.Ok : ExitCode.Different;
    }

    private static RerateRequest RequestOf(ParseResult parsed) => new()
    {
        From = TimeOf(parsed.GetValue(From)),
        To = TimeOf(parsed.GetValue(To)),
        Models = parsed.GetValue(Models) is { Length: > 0 } models ? models : null,
        AccountIds = parsed.GetValue(Accounts) is { Length: > 0 } accounts ? accounts : null,
        Reason = parsed.GetValue(Reason),
        DryRun = !parsed.GetValue(Run),
    };

    private static Timestamp TimeOf(DateTimeOffset time) => new(Core.Time.Instant.From(time).Micros);
}
