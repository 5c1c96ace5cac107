using System.CommandLine;
using Tallystick.Store.Sqlite;

namespace Tallystick.Server.Commands;

/// <summary><c>tally migrate</c>: brings a store to this program's schema.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var command = new Command("migrate", "Bring a store to this program's schema, creating it if need be")
        {
            Stores.Data,
        };
        command.SetAction(parsed =>
        {
            var applied = SqliteMigration.Run(Stores.FolderOf(parsed));
            foreach (var name in applied) Console.WriteLine($"applied {name}");
            if (applied.Count == 0) Console.WriteLine("Nothing to do: the schema is up to date.");
            return ExitCode.Ok;
        });
        return command;
    }
}
