using System.CommandLine;
using System.Globalization;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Ports;
using Tallystick.Server.Export;

namespace Tallystick.Server.Commands;

/// <summary><c>tally verify</c>: do the books hold?</summary>
internal static class VerifyCommand
{
    private static readonly Option<bool> All = new("--all")
    {
        Description = "Go on after the first thing that is wrong; names the first of every account",
    };

    private static readonly Option<FileInfo?> Seals = new("--seals")
    {
        Description = "An earlier export: its seals must still be there, so that a cut tail shows",
        HelpName = "FILE",
    };

    public static Command Create()
    {
        var command = new Command("verify", "Check all books: refold, redecide, rehash; name what does not hold")
        {
            Stores.Data, Stores.Postgres, All, Seals,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var options = new VerifyOptions { FindAll = parsed.GetValue(All) };
        if (parsed.GetValue(Seals) is { } file)
            options = options with { KnownSeals = ExportedSeals.Read(file.FullName) };
        using var audit = Stores.OpenAudit(parsed);
        return Run(audit, options);
    }

    /// <summary>Also what a backup ends with.</summary>
    public static int Run(IStoreAudit audit, VerifyOptions options)
    {
        var result = CommandProgress.Run(
            "Verifying",
            progress => StoreVerifier.Run(audit, options with { Progress = progress }, Console.WriteLine));
        if (result.Faults > 0)
        {
            Console.WriteLine("The books do not hold.");
            return ExitCode.Broken;
        }
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"The books hold: {result.Entries:N0} entries, {result.Chains:N0} chains, {result.Seals:N0} seals."));
        Console.WriteLine($"Digest {result.Digest}");
        return ExitCode.Ok;
    }
}
