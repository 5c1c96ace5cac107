using System.CommandLine;
using Tallystick.Engine.Ports;
using Tallystick.Server.Measuring;
using Tallystick.Server.Replay;
using Tallystick.Server.Replay.Traces;
using Tallystick.Store.Postgres;
using Tallystick.Store.Sqlite;

namespace Tallystick.Server.Commands;

/// <summary><c>tally replay</c>: drives a server with real requests and reconciles the ledger afterwards.</summary>
internal static class ReplayCommand
{
    private static readonly Option<string?> TraceFileName = new("--trace")
    {
        Description = "Requests to replay: traces of Azure, BurstGPT, Mooncake, Qwen-Bailian or plain columns; made up "
            + "where none is given",
        HelpName = "FILE",
    };

    private static readonly Option<int?> Requests = new("--requests")
    {
        Description = $"Only the first so many requests; or how many are made up ({MadeUpTrace.RequestsDefault})",
        HelpName = "N",
    };

    private static readonly Option<Uri?> Url = new("--url")
    {
        Description = "A running server; without it one is started on a store of its own",
        HelpName = "URL",
        CustomParser = result =>
            Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url : Refuse<Uri?>(result, "--url takes an address like http://127.0.0.1:8480"),
    };

    private static readonly Option<string?> Key = new("--key")
    {
        Description = "A service or admin key of that server [TALLY_ADMIN_KEY]",
        HelpName = "KEY",
    };

    private static readonly Option<string?> Folder = new("--data")
    {
        Description = "With --url, the server's folder, to verify it at the end; else where the own server keeps its "
            + "store (new or empty; without it a scratch folder)",
        HelpName = "DIR",
    };

    private static readonly Option<string?> Postgres = new("--postgres")
    {
        Description = "With --url, the server's database, to verify it at the end",
        HelpName = "CONNECTION",
    };

    private static readonly Option<bool> NoVerify = new("--no-verify")
    {
        Description = "With --url: do not verify the server's store, which may not be reached from here",
    };

    private static readonly Option<decimal?> Speed = new("--speed")
    {
        Description = "How much faster than the trace: 1 is as it was; max, the default, as fast as the server answers",
        HelpName = "N|max",
        CustomParser = result => result.Tokens[0].Value == "max" ? null
            : decimal.TryParse(result.Tokens[0].Value, out var speed) && speed > 0 ? speed
            : Refuse<decimal?>(result, "--speed takes a number above 0, or max"),
    };

    private static readonly Option<TokenRates> Rates = new("--rates")
    {
        Description = "Credits per million tokens, exact decimals",
        HelpName = "RATES",
        DefaultValueFactory = _ => TokenRates.Default,
        CustomParser = result => TokenRates.TryParse(result.Tokens[0].Value, out var rates, out var fault) ? rates
            : Refuse<TokenRates>(result, fault),
    };

    private static readonly Option<int> Accounts =
        Number("--accounts", "Who the requests are shared among", 100, 1, 1_000_000);

    private static readonly Option<int> AtOnce =
        Number("--at-once", "Calls under way at a time", 64, 1, 10_000);

    private static readonly Option<int> OutputMax =
        Number("--max-output", "The bound on output tokens that holds assume", 1_024, 1, (int)Trace.TokensMax);

    private static readonly Option<int> Duplicates =
        Number("--duplicates", "Of a hundred requests to the ledger, how many are sent twice", 0, 0, 100);

    private static readonly Option<int> Reorder =
        Number("--reorder", "Of a hundred calls, how many come out of their turn", 0, 0, 100);

    private static readonly Option<int> KillEvery = Number(
        "--kill-every", "Kill the own server (kill -9) each time it has answered so many; 0 for never", 0, 0,
        int.MaxValue);

    private static readonly Option<int?> Seed = new("--seed")
    {
        Description = "The same seed, the same replay; without it a new one",
        HelpName = "N",
    };

    public static Command Create()
    {
        var command = new Command(
            "replay", "Drive a server with a trace of LLM requests, then reconcile it to the millionth of a credit")
        {
            TraceFileName, Requests, Url, Key, Folder, Postgres, NoVerify,
            Speed, Rates, Accounts, AtOnce, OutputMax, Duplicates, Reorder,
            KillEvery, Seed,
        };
        command.Validators.Add(result =>
        {
            var (folder, database) = (result.GetValue(Folder), result.GetValue(Postgres));
            if (folder is not null && database is not null) result.AddError("--data or --postgres: there is one store");
            if (result.GetValue(Url) is null)
            {
                if (database is not null) result.AddError("--postgres goes with --url: the own server has a folder");
                if (result.GetValue(NoVerify)) result.AddError("--no-verify goes with --url");
                return;
            }
            if (folder is null && database is null && !result.GetValue(NoVerify) && Given.In("TALLY_POSTGRES") is null
                && Given.In("TALLY_DATA") is null)
                result.AddError("--url needs the server's --data or --postgres, to verify it, or --no-verify");
            if (result.GetValue(Key) is null && Given.In(ServerOptions.KeyVariable) is null)
                result.AddError("--url needs a --key");
            if (result.GetValue(KillEvery) > 0) result.AddError("only a server of its own can be killed, not --url");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        try
        {
            return await RunAsync(parsed, OptionsOf(parsed), cancel);
        }
        catch (Exception fault) when (fault is TraceFormatException or ReplayException or ServerStartException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return fault switch
            {
                TraceFormatException => ExitCode.Usage,
                ServerStartException => ExitCode.StoreRefused,
                _ => ExitCode.Broken,
            };
        }
    }

    private static async Task<int> RunAsync(ParseResult parsed, ReplayOptions options, CancellationToken cancel)
    {
        var folder = parsed.GetValue(Folder);
        await using var own = parsed.GetValue(Url) is null ? await OwnServer.StartAsync(folder, cancel) : null;
        var key = parsed.GetValue(Key) ?? Given.In(ServerOptions.KeyVariable);
        var session = new ReplaySession(options, own, parsed.GetValue(Url), key);
        var code = !await session.RunAsync(cancel) ? ExitCode.Broken
            : own is not null ? Verify(own.Folder, null)
            : Verify(folder, DatabaseOf(parsed, folder), parsed.GetValue(NoVerify));
        if (own is null || code == ExitCode.Ok) return code;
        own.KeepsFolder = true;
        Console.WriteLine($"The store is left in {own.Folder}");
        return code;
    }

    private static ReplayOptions OptionsOf(ParseResult parsed)
    {
        var seed = parsed.GetValue(Seed) ?? Random.Shared.Next(1, 1_000_000);
        var speed = parsed.GetValue(Speed);
        var requests = parsed.GetValue(Requests);
        var trace = parsed.GetValue(TraceFileName) is { } file ? TraceFile.Read(file)
            : MadeUpTrace.Make(requests ?? MadeUpTrace.RequestsDefault, seed);
        if (requests < trace.Requests.Count) trace = trace with { Requests = [.. trace.Requests.Take(requests.Value)] };
        if (trace.Requests.Count == 0) throw new TraceFormatException($"{trace.Source} has no requests.");
        return new()
        {
            Trace = trace,
            Rates = parsed.GetValue(Rates)!,
            Accounts = parsed.GetValue(Accounts),
            Seed = seed,
            Speed = speed,
            AtOnce = parsed.GetValue(AtOnce),
            OutputTokensMax = parsed.GetValue(OutputMax),
            DuplicatePercent = parsed.GetValue(Duplicates),
            ReorderPercent = parsed.GetValue(Reorder),
            KillEvery = parsed.GetValue(KillEvery),
        };
    }

    /// <summary>Null where the server has a folder.</summary>
    private static string? DatabaseOf(ParseResult parsed, string? folder) =>
        parsed.GetValue(Postgres) is { } given ? ConnectionString.Check(given, "--postgres")
        : folder is null && Given.In("TALLY_POSTGRES") is { } known ? ConnectionString.Check(known, "TALLY_POSTGRES")
        : null;

    /// <summary>The whole audit, beside the running server.</summary>
    private static int Verify(string? folder, string? database, bool isLeftOut = false)
    {
        if (isLeftOut)
        {
            Console.WriteLine("Not verified (--no-verify). Run tally verify where the server's store is.");
            return ExitCode.Ok;
        }
        folder ??= Given.In("TALLY_DATA");
        Console.WriteLine(database is null ? $"The store in {folder}:" : "The database that was named:");
        using IStoreAudit audit = database is null
            ? SqliteAudit.Open(folder!)
            : PostgresAudit.Open(new() { Connection = database });
        return VerifyCommand.Run(audit, new());
    }

    private static Option<int> Number(string name, string description, int usual, int min, int max)
    {
        var option = new Option<int>(name)
        {
            Description = description, HelpName = "N", DefaultValueFactory = _ => usual,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < min || value > max))
                result.AddError($"{name} takes {min} to {max}");
        });
        return option;
    }

    private static T Refuse<T>(System.CommandLine.Parsing.ArgumentResult result, string message)
    {
        result.AddError(message);
        return default!;
    }
}
