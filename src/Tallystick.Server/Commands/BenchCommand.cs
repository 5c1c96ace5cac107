using System.CommandLine;
using Tallystick.Server.Bench;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Commands;

/// <summary><c>tally bench</c>: how fast this machine is, and how much of that the ledger leaves.</summary>
internal static class BenchCommand
{
    private static readonly Option<int> Seconds = new("--seconds")
    {
        Description = "How long each of the figures is measured",
        HelpName = "N",
        DefaultValueFactory = _ => 60,
    };

    private static readonly Option<int> Entries = new("--entries")
    {
        Description = "Journal entries that are there before anything is measured",
        HelpName = "N",
        DefaultValueFactory = _ => 1_000_000,
    };

    private static readonly Option<int> Accounts = new("--accounts")
    {
        Description = "Accounts that the charges are spread over",
        HelpName = "N",
        DefaultValueFactory = _ => 10_000,
    };

    private static readonly Option<string> EmptyUrl = new("--empty-endpoint")
    {
        Description = "Serve the empty endpoint that the ledger is measured against, and nothing else",
        HelpName = "URL",
        Hidden = true,
    };

    private static readonly Option<bool> Gateway = new("--gateway")
    {
        Description = "Measure the gateway instead: model calls through it beside the same upstream called directly",
    };

    private static readonly Option<string> UpstreamUrl = new("--upstream")
    {
        Description = "Serve the upstream that the gateway is measured with, and nothing else",
        HelpName = "URL",
        Hidden = true,
    };

    public static Command Create()
    {
        var command = new Command(
            "bench", "Measure this machine: charges, batches, latencies, bytes, beside an endpoint that does nothing")
        {
            Seconds, Entries, Accounts, Gateway, EmptyUrl, UpstreamUrl,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        if (parsed.GetValue(EmptyUrl) is { } url) return await EmptyEndpoint.RunAsync(url, cancel);
        if (parsed.GetValue(UpstreamUrl) is { } upstream) return await UpstreamEndpoint.RunAsync(upstream, cancel);
        try
        {
            if (parsed.GetValue(Gateway))
            {
                var calls = new GatewaySession(TimeSpan.FromSeconds(parsed.GetValue(Seconds)));
                return await calls.RunAsync(cancel) ? ExitCode.Ok : ExitCode.Broken;
            }
            var session = new BenchSession(
                TimeSpan.FromSeconds(parsed.GetValue(Seconds)), parsed.GetValue(Entries), parsed.GetValue(Accounts));
            return await session.RunAsync(cancel) ? ExitCode.Ok : ExitCode.Broken;
        }
        catch (Exception fault) when (fault is BenchException or ServerStartException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return ExitCode.Broken;
        }
    }
}
