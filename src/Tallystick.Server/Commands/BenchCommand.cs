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

    private static readonly Option<string?> Postgres = new("--postgres")
    {
        Description = "An empty PostgreSQL database: measure the shared store beside a deduct_credits written by hand",
        HelpName = "CONNECTION",
    };

    private static readonly Option<bool> Growth = new("--growth")
    {
        Description = "Measure a store that grows tenfold from step to step, up to --entries",
    };

    private static readonly Option<FileInfo?> Picture = new("--picture")
    {
        Description = "With --growth: an SVG of what was measured",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Reports = new("--reports")
    {
        Description = "Load --entries usage events instead, and time each report on them",
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
            Seconds, Entries, Accounts, Gateway, Reports, Postgres, Growth, Picture, EmptyUrl, UpstreamUrl,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        if (parsed.GetValue(EmptyUrl) is { } url) return await EmptyEndpoint.RunAsync(url, cancel);
        if (parsed.GetValue(UpstreamUrl) is { } upstream) return await UpstreamEndpoint.RunAsync(upstream, cancel);
        var duration = TimeSpan.FromSeconds(parsed.GetValue(Seconds));
        try
        {
            if (parsed.GetValue(Reports))
            {
                var reports = new ReportSession(parsed.GetValue(Entries), parsed.GetValue(Accounts));
                return await reports.RunAsync(cancel) ? ExitCode.Ok : ExitCode.Broken;
            }
            if (parsed.GetValue(Gateway))
            {
                var calls = new GatewaySession(duration);
                return await calls.RunAsync(cancel) ? ExitCode.Ok : ExitCode.Broken;
            }
            if (parsed.GetValue(Postgres) is { } connection)
            {
                var shared = new SharedSession(
                    ConnectionString.Check(connection, "--postgres"), duration, parsed.GetValue(Accounts));
                return await shared.RunAsync(cancel) ? ExitCode.Ok : ExitCode.Broken;
            }
            if (parsed.GetValue(Growth))
            {
                var growth = new GrowthSession(duration, parsed.GetValue(Entries), parsed.GetValue(Picture));
                return await growth.RunAsync(cancel) ? ExitCode.Ok : ExitCode.Broken;
            }
            var session = new BenchSession(duration, parsed.GetValue(Entries), parsed.GetValue(Accounts));
            return await session.RunAsync(cancel) ? ExitCode.Ok : ExitCode.Broken;
        }
        catch (Exception fault) when (fault is BenchException or ServerStartException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return ExitCode.Broken;
        }
    }
}
