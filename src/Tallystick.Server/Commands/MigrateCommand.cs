using System.CommandLine;
using Tallystick.Store.Postgres;
using Tallystick.Store.Sqlite;

namespace Tallystick.Server.Commands;

/// <summary><c>tally migrate</c>: brings a store to this program's schema.</summary>
internal static class MigrateCommand
{
    private static readonly Option<string?> ApplicationRole = new("--application-role")
    {
        Description = "PostgreSQL: the role that the nodes connect as; granted what it needs and no more",
        HelpName = "ROLE",
    };

    public static Command Create()
    {
        var command = new Command("migrate", "Bring a store to this program's schema, creating it if need be")
        {
            Stores.Data, Stores.Postgres, ApplicationRole,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var applied = Stores.PostgresOf(parsed) is { } options
                ? await PostgresMigration.RunAsync(
                    options with { ApplicationRole = parsed.GetValue(ApplicationRole) }, cancel)
                : SqliteMigration.Run(Stores.FolderOf(parsed));
            foreach (var name in applied) Console.WriteLine($"applied {name}");
            if (applied.Count == 0) Console.WriteLine("Nothing to do: the schema is up to date.");
            return ExitCode.Ok;
        });
        return command;
    }
}
