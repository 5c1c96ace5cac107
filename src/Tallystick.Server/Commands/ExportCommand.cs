using System.CommandLine;
using System.Globalization;
using Tallystick.Server.Export;

namespace Tallystick.Server.Commands;

/// <summary><c>tally export</c>: the journal as text that any program can read and check.</summary>
internal static class ExportCommand
{
    private const string StandardOutput = "-";

    private static readonly Option<string> Out = new("--out")
    {
        Description = "Where to write; - is the standard output",
        HelpName = "FILE",
        DefaultValueFactory = _ => StandardOutput,
    };

    private static readonly Option<string?> Account = new("--account")
    {
        Description = "Only this account's entries, without seals",
        HelpName = "ID",
    };

    public static Command Create()
    {
        var command = new Command("export", "Write journal and seals as JSON lines that tools/verify.py checks")
        {
            Stores.Data, Stores.Postgres, AccountOptions.Project, Account, Out,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        using var audit = Stores.OpenAudit(parsed);
        var export = new JournalExport(audit);
        if (parsed.GetValue(Account) is { } account)
        {
            if (AccountOptions.Find(audit, parsed.GetValue(AccountOptions.Project), account) is not { } chain)
            {
                Console.Error.WriteLine($"There is no account {account}.");
                return ExitCode.NotFound;
            }
            export = new(audit) { Only = chain };
        }
        var path = parsed.GetValue(Out)!;
        if (path == StandardOutput)
        {
            using var console = Console.OpenStandardOutput();
            CommandProgress.Run("Exporting", progress => export.Write(console, progress));
            return ExitCode.Ok;
        }
        // Complete or not there: half an export must not be taken for one.
        var partial = path + ".partial";
        var counts = default(ExportCounts);
        using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write))
        {
            counts = CommandProgress.Run("Exporting", progress => export.Write(file, progress));
            file.Flush(flushToDisk: true);
        }
        File.Move(partial, path, overwrite: true);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{path}: {counts.Entries:N0} entries, {counts.Seals:N0} seals"));
        return ExitCode.Ok;
    }
}
