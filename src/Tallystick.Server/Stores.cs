using System.CommandLine;
using Tallystick.Engine;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite;

namespace Tallystick.Server;

/// <summary>
/// Where the books are: the options that every command takes, and the one place where a store is opened.
/// </summary>
internal static class Stores
{
    public static readonly Option<string> Data = new("--data")
    {
        Description = "The folder of the embedded store [TALLY_DATA]",
        HelpName = "DIR",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("TALLY_DATA") ?? "data",
    };

    public static string FolderOf(ParseResult parsed) => parsed.GetValue(Data)!;

    /// <summary>For writing: refuses while another process does.</summary>
    public static ILedgerStore Open(ParseResult parsed, bool isTestClock)
    {
        var clock = isTestClock ? SqliteStoreOptions.TestClock : SqliteStoreOptions.RealClock;
        return SqliteLedgerStore.Open(new() { Folder = FolderOf(parsed), Clock = clock }, StoreFold.Next);
    }

    /// <summary>Read-only, also beside a running server: one snapshot with everything that was acknowledged.</summary>
    public static IStoreAudit OpenAudit(ParseResult parsed) => SqliteAudit.Open(FolderOf(parsed));
}
