using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;
using Tallystick.Server.Import;
using Tallystick.Server.Import.Books;
using Tallystick.Server.Import.Layouts;
using Tallystick.Server.Import.Runs;
using Tallystick.Server.Import.Sources;
using Tallystick.Store.Sqlite;

namespace Tallystick.Server.Commands;

/// <summary><c>tally import postgres</c>: brings the accounts of a home-made system over.</summary>
internal static class ImportCommand
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    private static readonly Option<string?> From = new("--from")
    {
        Description =
            "The other system's database, as an Npgsql connection string; it is only read [TALLY_IMPORT_FROM]",
        HelpName = "CONNECTION",
    };

    private static readonly Option<string> LayoutName = new("--layout")
    {
        Description = "Its tables: 000 credit_accounts, credit_ledger; 001 licenses; 002 profiles, jobs, ledger; "
            + "003 user_credits, credit_transactions, usage_events",
        HelpName = "000|001|002|003",
        Required = true,
    };

    private static readonly Option<string> Schema = new("--schema")
    {
        Description = "The schema that its tables, or views in their form, are in",
        HelpName = "NAME",
        DefaultValueFactory = _ => new ImportOptions().Schema,
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Write nothing; say what would be",
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "A line of JSON for each account, and a last one for all",
    };

    private static readonly Option<bool> Round = new("--round")
    {
        Description = "Round amounts of more than six decimals, half to even; else their accounts are refused",
    };

    private static readonly Option<bool> RefuseNegative = new("--refuse-negative")
    {
        Description = "Refuse accounts with a balance below zero; else what is missing is owed",
    };

    private static readonly Option<DateTimeOffset?> FirstExpires = new("--first-expires")
    {
        Description = "When the bucket that is spent first expires (000 expiring, 002 monthly, 003 credits); "
            + "else it does not",
        HelpName = "TIME",
    };

    private static readonly Option<string[]> OpenStatus = new("--open-status")
    {
        Description = $"002: a status of jobs that are under way; else {Words(ImportOptions.OpenDefault)}",
        HelpName = "WORD",
    };

    private static readonly Option<string[]> EndedStatus = new("--ended-status")
    {
        Description = $"002: a status of jobs that have ended; else {Words(ImportOptions.EndedDefault)}",
        HelpName = "WORD",
    };

    public static Command Create()
    {
        var postgres = new Command("postgres", "From a PostgreSQL database; may be cut off and run again")
        {
            From, LayoutName, Schema, Stores.Data, Stores.Postgres, Pepper.PepperFile, Stores.AllowUnsafeDurability,
            AccountOptions.Project, DryRun, Json, Round, RefuseNegative, FirstExpires, OpenStatus, EndedStatus,
            ServeCommand.AcceptClock,
        };
        postgres.SetAction(RunAsync);
        return new("import", "Bring the accounts of a home-made system over") { postgres };
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var layout = Layout.All.FirstOrDefault(one => one.Name == parsed.GetValue(LayoutName));
        if (layout is null || (parsed.GetValue(From) ?? Given.In("TALLY_IMPORT_FROM")) is not { Length: > 0 } from)
        {
            await Console.Error.WriteLineAsync(
                layout is null ? "--layout takes 000, 001, 002 or 003." : "--from names the database to read.");
            return ExitCode.Usage;
        }
        ConnectionString.Check(from, parsed.GetValue(From) is null ? "TALLY_IMPORT_FROM" : "--from");
        var isDryRun = parsed.GetValue(DryRun);
        var options = OptionsOf(parsed, isDryRun);
        await using var source = await SourceDatabase.OpenAsync(from, options.Schema, cancel);
        var strays = new Strays();
        var accounts = await layout.ReadAsync(source, options, strays, cancel);
        var totals = new ImportTotals();
        IImportReport report =
            parsed.GetValue(Json) ? new JsonReport(Console.Out) : new TextReport(Console.Out);
        var tell = Telling(totals, report);
        if (isDryRun) await RehearseAsync(parsed, layout.Name, accounts, tell, cancel);
        else await WriteAsync(parsed, layout.Name, accounts, tell, cancel);
        var left = strays.Findings.ToList();
        left.ForEach(totals.Add);
        report.End(totals, left, isDryRun);
        return totals.Reconciles ? ExitCode.Ok : ExitCode.Unreconciled;
    }

    private static async Task WriteAsync(
        ParseResult parsed, string layout, IAsyncEnumerable<SourceAccount> accounts, Action<ImportOutcome> tell,
        CancellationToken cancel)
    {
        var pepper = Pepper.Load(parsed);
        var store = await Stores.OpenAsync(parsed, isTestClock: false, pepper, cancel);
        foreach (var warning in store.Warnings) await Console.Error.WriteLineAsync($"Warning: {warning}");
        if (!parsed.GetValue(ServeCommand.AcceptClock)) await ServeCommand.CheckClockAsync(store, cancel);
        await using var ledger = new Ledger(
            store.Store, new(store.Time), store.Lanes, NullLogger<Ledger>.Instance);
        await ImportRun.OpenProjectAsync(ledger, cancel);
        var (project, keys) = (parsed.GetValue(AccountOptions.Project), new KeyRing(ledger, pepper));
        if (await keys.FindOpenAsync(project, cancel) is null)
            throw new ImportRefusedException(
                string.Create(CultureInfo.InvariantCulture, $"there is no project {project}"));
        var target = new LedgerTarget(ledger, keys, new LicenseDirectory(ledger), project);
        await new ImportRun(target, layout).RunAsync(accounts, tell, cancel);
    }

    private static async Task RehearseAsync(
        ParseResult parsed, string layout, IAsyncEnumerable<SourceAccount> accounts, Action<ImportOutcome> tell,
        CancellationToken cancel)
    {
        using var present = HasStore(parsed) ? Stores.OpenAudit(parsed) : null;
        var now = Instant.From(TimeProvider.System.GetUtcNow());
        var target = new RehearsalTarget(present, parsed.GetValue(AccountOptions.Project), now);
        await new ImportRun(target, layout).RunAsync(
            accounts, outcome =>
            {
                tell(outcome);
                target.Forget(outcome.AccountId);
            }, cancel);
    }

    private static bool HasStore(ParseResult parsed) => Stores.PostgresOf(parsed) is not null
        || File.Exists(Path.Combine(Stores.FolderOf(parsed), SqliteStoreOptions.FileName));

    private static ImportOptions OptionsOf(ParseResult parsed, bool isDryRun)
    {
        // A dry run makes no pepper: then a licence without an id has another name than it will have.
        var pepper = isDryRun ? [] : Pepper.Load(parsed);
        var options = new ImportOptions
        {
            Schema = parsed.GetValue(Schema)!, Round = parsed.GetValue(Round),
            RefuseNegative = parsed.GetValue(RefuseNegative),
            ExpiringUntil = parsed.GetValue(FirstExpires) is { } at ? Instant.From(at) : null,
            NameOfSecret = secret => ImportOptions.Name(secret, pepper),
        };
        if (parsed.GetValue(OpenStatus) is { Length: > 0 } open) options = options with { OpenStatuses = open };
        return parsed.GetValue(EndedStatus) is { Length: > 0 } ended ? options with { EndedStatuses = ended } : options;
    }

    private static Action<ImportOutcome> Telling(ImportTotals totals, IImportReport report)
    {
        var (time, last) = (TimeProvider.System, TimeProvider.System.GetTimestamp());
        return outcome =>
        {
            totals.Add(outcome);
            report.Tell(outcome);
            if (time.GetElapsedTime(last) < LineInterval) return;
            last = time.GetTimestamp();
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"Importing: {totals.Accounts:N0} accounts, {totals.Rows:N0} rows"));
        };
    }

    private static string Words(IEnumerable<string> words) => string.Join(", ", words);
}
