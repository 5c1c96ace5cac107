using System.CommandLine;
using Npgsql;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;
using Tallystick.Server.Commands;
using Tallystick.Server.Import;

namespace Tallystick.Server;

/// <summary>The table of commands, and the one edge where what ends a command becomes an exit code.</summary>
internal static class CommandLine
{
    /// <summary>From Ctrl+C until a command that does not hear it is ended.</summary>
    private static readonly TimeSpan StopTimeMax = TimeSpan.FromSeconds(2);

    private static readonly RootCommand Root = new(
        "Tallystick: the credit ledger for AI products. verify, digest, export, explain, prices diff and simulate only "
        + "read, and may run beside a server; backup may, too. Exit codes: 0 done, 1 the books do not hold, 2 usage, "
        + "3 the store cannot "
        + "be opened, 4 no such thing, 5 what was imported does not reconcile, "
        + "6 not the same.")
    {
        ServeCommand.Create(), VerifyCommand.Create(), DigestCommand.Create(), ExportCommand.Create(),
        ExplainCommand.Create(), BackupCommand.Create(), MigrateCommand.Create(), ImportCommand.Create(),
        ReplayCommand.Create(), BenchCommand.Create(), PricesCommand.Create(), RerateCommand.Create(),
        SimulateCommand.Create(),
    };

    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            var parsed = Root.Parse(arguments);
            var code = await parsed.InvokeAsync(new()
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = parsed.CommandResult.Command.Name == ServeCommand.Name
                    ? ServeCommand.StopTimeMax : StopTimeMax,
            });
            return parsed.Errors.Count > 0 ? ExitCode.Usage : code;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (JournalCorruptException damage)
        {
            return await EndAsync($"The books cannot be read: {damage.Message}. tally verify names what is wrong.",
                ExitCode.Broken);
        }
        catch (UsageException misunderstood)
        {
            return await EndAsync(misunderstood.Message, ExitCode.Usage);
        }
        catch (ServerRefusedException refused)
        {
            return await EndAsync(refused.Message, refused.IsUsage ? ExitCode.Usage : ExitCode.StoreRefused);
        }
        catch (Exception refused) when (refused is StoreRefusedException or StoreUnavailableException or IOException
            or UnauthorizedAccessException or NpgsqlException or ImportRefusedException)
        {
            return await EndAsync(refused.Message, ExitCode.StoreRefused);
        }
    }

    private static async Task<int> EndAsync(string message, int code)
    {
        await Console.Error.WriteLineAsync(message);
        return code;
    }
}
