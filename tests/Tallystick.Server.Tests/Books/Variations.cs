using System.Collections.Immutable;
using System.Reflection;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Server.Tests.Books;

/// <summary>An entry with one field changed, for every field that it and its body have.</summary>
internal static class Variations
{
    public static IEnumerable<(string What, JournalEntry Entry)> Of(JournalEntry entry)
    {
        foreach (var (what, varied) in OfRecord(entry, "Number", "TakesInBurnOrder", "Body"))
            yield return (what, (JournalEntry)varied);
        foreach (var (what, varied) in OfRecord(entry.Body, "Code", "Word", "Reference"))
            yield return ($"Body.{what}", entry with { Body = (EntryBody)varied });
    }

    private static IEnumerable<(string What, object Varied)> OfRecord(object record, params string[] without)
    {
        foreach (var property in record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.SetMethod is null || without.Contains(property.Name)) continue;
            var i = 0;
            foreach (var value in OfValue(property.GetValue(record), property.PropertyType))
            {
                var copy = record.GetType().GetMethod("<Clone>$")!.Invoke(record, [])!;
                property.SetValue(copy, value);
                yield return ($"{property.Name}#{i++}", copy);
            }
        }
    }

    private static IEnumerable<object?> OfValue(object? value, Type type) => value switch
    {
        null when type == typeof(string) => ["x"],
        null when type == typeof(Instant?) => [new Instant(1)],
        null when type == typeof(CreditAmount?) => [new CreditAmount(1)],
        null when type == typeof(long?) => [1L],
        null when type == typeof(FreeTierTerms) => [new FreeTierTerms(1, null, [])],
        null when type == typeof(Origin) => [new Origin(null, [.. new byte[16]], default, [.. new byte[16]])],
        null when type == typeof(JobTerms) => [new JobTerms(1, new(1))],
        null when type == typeof(JobEnd) => [new JobEnd(JobOutcome.Completed, 1)],
        string text => [text + "x"],
        long number => [number + 1],
        int number => [number + 1],
        bool flag => [!flag],
        CreditAmount amount => [new CreditAmount(amount.Micros + 1)],
        Instant at => [new Instant(at.Micros + 1)],
        Duration time => [new Duration(time.Micros + 1)],
        ThingNumber thing => [new ThingNumber(thing.Value + 1)],
        ChainKey chain => [chain with { Project = chain.Project + 1 }, chain with { Number = chain.Number + 1 }],
        Enum word => [Enum.ToObject(word.GetType(), Convert.ToInt32(word) + 1)],
        ImmutableArray<byte> bytes => [bytes.IsEmpty ? [.. new byte[32]] : bytes.SetItem(0, (byte)(bytes[0] ^ 1))],
        ImmutableArray<string> texts => [texts.Add("x"), .. texts.Take(1).Select(text => texts.SetItem(0, text + "x"))],
        ImmutableArray<Move> moves => [.. OfMoves(moves).Select(varied => (object)varied)],
        ImmutableArray<Regrant> regrants =>
        [
            regrants.Add(new(new(2), new(1))),
            .. regrants.Select((one, i) => regrants.SetItem(i, new(one.Source, new(one.ExpiresAt.Micros + 1)))),
            .. regrants.Select((one, i) => regrants.SetItem(i, new(new(one.Source.Value + 1), one.ExpiresAt))),
        ],
        Origin or JobTerms or JobEnd => [null, .. OfRecord(value).Select(varied => varied.Varied)],
        not null when type.IsClass && type.Namespace!.StartsWith("Tallystick.Core", StringComparison.Ordinal) =>
            [.. OfRecord(value).Select(varied => varied.Varied)],
        _ => throw new NotSupportedException($"teach {nameof(Variations)} to vary a {type}"),
    };

    private static IEnumerable<ImmutableArray<Move>> OfMoves(ImmutableArray<Move> moves)
    {
        yield return moves.Add(new(MoveKind.Spend, new(2), new(1)));
        for (var i = 0; i < moves.Length; i++)
        {
            yield return moves.RemoveAt(i);
            yield return moves.Insert(i, moves[i]);
            yield return moves.SetItem(i, moves[i] with { Amount = new(moves[i].Amount.Micros + 1) });
            yield return moves.SetItem(i, moves[i] with { Amount = new(moves[i].Amount.Micros - 1) });
            yield return moves.SetItem(i, moves[i] with { Number = new(moves[i].Number.Value + 1) });
            yield return moves.SetItem(i, moves[i] with { Kind = moves[i].Kind + 1 });
        }
        if (moves.Length > 1) yield return [.. moves.Reverse()];
    }
}
