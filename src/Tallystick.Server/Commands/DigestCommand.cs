using System.CommandLine;
using Tallystick.Engine.Audit;

namespace Tallystick.Server.Commands;

/// <summary><c>tally digest</c>: one hash over the books.</summary>
internal static class DigestCommand
{
    public static Command Create()
    {
        var command = new Command("digest", "Print one hash over all books: equal histories, equal digests")
        {
            Stores.Data, Stores.Postgres,
        };
        command.SetAction(parsed =>
        {
            using var audit = Stores.OpenAudit(parsed);
            Console.WriteLine(CommandProgress.Run("Folding", progress => StoreDigest.Compute(audit, progress)));
            return ExitCode.Ok;
        });
        return command;
    }
}
