using System.CommandLine;
using Tallystick.Core.Explanations;
using Tallystick.Core.Journal;
using Tallystick.Engine.Audit;

namespace Tallystick.Server.Commands;

/// <summary><c>tally explain</c>: what one entry did and why, from the journal alone.</summary>
internal static class ExplainCommand
{
    private static readonly string[] Prefixes =
    [
        ThingId.Transaction, ThingId.Charge, ThingId.Hold, ThingId.Grant, ThingId.Refund, ThingId.Job,
    ];

    private static readonly Argument<string> Id = new("id")
    {
        Description = "Of a transaction (txn_…), or of what it made: a charge, hold, grant, refund or job",
    };

    public static Command Create()
    {
        var command = new Command("explain", "Tell what a transaction did and why, from the journal alone")
        {
            Id, Stores.Data, Stores.Postgres, AccountOptions.Project,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (id, project) = (parsed.GetValue(Id)!, parsed.GetValue(AccountOptions.Project));
        if (Find(id, project) is not (var chain, var sequence))
        {
            Console.Error.WriteLine($"{id} is not the id of anything in project {project}.");
            return ExitCode.Usage;
        }
        using var audit = Stores.OpenAudit(parsed);
        if (StoreExplanation.Find(audit, chain, sequence) is not { } explanation)
        {
            Console.Error.WriteLine($"There is no {id}.");
            return ExitCode.NotFound;
        }
        Print(explanation);
        return ExitCode.Ok;
    }

    private static (ChainKey Chain, long Sequence)? Find(string id, int project)
    {
        foreach (var prefix in Prefixes)
            if (ThingId.TryParse(id, prefix, project, out var chain, out var number)) return (chain, number.Sequence);
        return null;
    }

    private static void Print(Explanation explained)
    {
        var entry = explained.Entry;
        var lines = new List<(string Name, string? Value)>
        {
            ("transaction", ThingId.Format(ThingId.Transaction, entry.Chain, entry.Number)),
            ("account", explained.AccountId),
            ("kind", entry.Body.Word),
            ("at", entry.At.ToString()),
            ("idempotency key", entry.Origin?.Key),
            ("trace id", entry.Origin is { } origin ? Convert.ToHexStringLower(origin.TraceId.AsSpan()) : null),
            ("asked by key", entry.Origin is { } asked ? Actors.IdOf(entry.Chain.Project, asked.Actor) : null),
        };
        foreach (var (name, value) in lines)
            if (value is not null) Console.WriteLine($"{name,-16} {value}");
        Console.WriteLine();
        foreach (var sentence in explained.Sentences) Console.WriteLine(sentence);
        foreach (var step in explained.Grants.Where(step => !step.IsTouched))
        {
            var grant = ThingId.Format(ThingId.Grant, entry.Chain, step.Grant);
            Console.WriteLine($"  {grant} ({step.Bucket}): {step.Why}");
        }
    }
}
