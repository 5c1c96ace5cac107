using System.CommandLine;
using System.CommandLine.Parsing;
using Tallystick.Engine;
using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Tallystick.Store.Sqlite;

namespace Tallystick.Server;

/// <summary>
/// Where the books are: the options that every command takes, and the one place where a store is opened.
/// </summary>
internal static class Stores
{
    public static readonly Option<string?> Data = new("--data")
    {
        Description = "The folder of the embedded store [TALLY_DATA; data]",
        HelpName = "DIR",
    };

    public static readonly Option<string?> Postgres = new("--postgres")
    {
        Description =
            "A PostgreSQL database in place of the embedded store, as an Npgsql connection string [TALLY_POSTGRES]",
        HelpName = "CONNECTION",
        Validators = { NotBoth },
    };

    public static readonly Option<bool> AllowUnsafeDurability = new("--allow-unsafe-durability")
    {
        Description = "Serve a PostgreSQL that may lose acknowledged writes in a crash. For experiments",
    };

    public static string FolderOf(ParseResult parsed) => parsed.GetValue(Data) ?? Given.In("TALLY_DATA") ?? "data";

    /// <summary>For writing: the embedded store refuses while another process does.</summary>
    public static async Task<OpenedStore> OpenAsync(
        ParseResult parsed, bool isTestClock, byte[] pepper, CancellationToken cancel)
    {
        var clock = isTestClock ? SqliteStoreOptions.TestClock : SqliteStoreOptions.RealClock;
        if (PostgresOf(parsed) is not { } options)
        {
            Directory.CreateDirectory(FolderOf(parsed));
            var folder = new SqliteStoreOptions
            {
                Folder = FolderOf(parsed), Clock = clock, PepperCheck = Pepper.CheckOf(pepper),
                TakesOtherPepper = Given.In(ServerOptions.KeyVariable) is not null,
            };
            var embedded = SqliteLedgerStore.Open(folder, StoreFold.Next);
            return new(embedded, TimeProvider.System, new(), []);
        }
        // Half of the cores for lanes, two each: while the commit of one is on its way, the other decides.
        var atOnce = Math.Clamp(Environment.ProcessorCount / 2, 1, 8);
        var lanes = new LaneOptions { Lanes = 2 * atOnce, FewAtOnce = atOnce };
        var shared = await PostgresLedgerStore.OpenAsync(
            options with { Clock = clock, Writers = lanes.Lanes + 4, PepperCheck = Pepper.CheckOf(pepper) },
            StoreFold.Next, cancel);
        return new(shared, shared.Clock, lanes, shared.Warnings);
    }

    /// <summary>
    /// Null where the embedded store is meant: an option is about these books, whatever the environment says of others.
    /// </summary>
    /// <exception cref="UsageException">It is no connection string.</exception>
    public static PostgresStoreOptions? PostgresOf(ParseResult parsed)
    {
        var (option, folder) = (parsed.GetValue(Postgres), parsed.GetValue(Data));
        if (option is null && (folder is not null || Given.In("TALLY_POSTGRES") is null)) return null;
        return new()
        {
            Connection = option is not null ? ConnectionString.Check(option, "--postgres")
                : ConnectionString.Check(Given.In("TALLY_POSTGRES")!, "TALLY_POSTGRES"),
            AllowUnsafeDurability = parsed.GetValue(AllowUnsafeDurability),
        };
    }

    /// <summary>Read-only, also beside a running server: one snapshot with everything that was acknowledged.</summary>
    public static IStoreAudit OpenAudit(ParseResult parsed) => PostgresOf(parsed) is { } options
        ? PostgresAudit.Open(options)
        : SqliteAudit.Open(FolderOf(parsed));

    private static void NotBoth(OptionResult postgres)
    {
        if (postgres.GetResult(Data) is not null) postgres.AddError("--data or --postgres: the books are in one store");
    }
}
