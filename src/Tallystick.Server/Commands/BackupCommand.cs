using System.CommandLine;
using System.Globalization;
using Tallystick.Store.Sqlite;

namespace Tallystick.Server.Commands;

/// <summary>
/// <c>tally backup</c>: a copy that is a store by itself. The pepper is not in it: with the copy alone no key works.
/// </summary>
internal static class BackupCommand
{
    private static readonly Argument<string> Target = new("folder")
    {
        Description = "A new or empty folder; tally serve --data FOLDER serves it",
    };

    private static readonly Option<bool> NoVerify = new("--no-verify")
    {
        Description = "Do not check the copy",
    };

    public static Command Create()
    {
        var command = new Command("backup", "Copy the store, also while it is served, and verify the copy")
        {
            Target, Stores.Data, Stores.Postgres, NoVerify,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        if (Stores.PostgresOf(parsed) is not null)
        {
            Console.Error.WriteLine(
                "A PostgreSQL is backed up by its own tools, and then verified: docs/operations.md.");
            return ExitCode.Usage;
        }
        var target = parsed.GetValue(Target)!;
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
        {
            Console.Error.WriteLine($"{target} is not empty.");
            return ExitCode.Usage;
        }
        Directory.CreateDirectory(target);
        var file = Path.Combine(target, SqliteStoreOptions.FileName);
        SqliteBackup.Write(Stores.FolderOf(parsed), file);
        using var copy = SqliteAudit.Open(target);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{file}: {new FileInfo(file).Length:N0} bytes, {copy.CountEntries():N0} entries"));
        Console.WriteLine("The API keys work only with tally.pepper, which is not in it: keep that apart.");
        return parsed.GetValue(NoVerify) ? ExitCode.Ok : VerifyCommand.Run(copy, new());
    }
}
