using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Server.Tests.Books;

/// <summary>An entry with one field changed, for every field that it and its body have, however deep.</summary>
internal static class Variations
{
    private static readonly MethodInfo ArrayOf =
        typeof(Variations).GetMethod(nameof(OfArray), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static IEnumerable<(string What, JournalEntry Entry)> Of(JournalEntry entry)
    {
        foreach (var (what, varied) in OfRecord(entry, "Body")) yield return (what, (JournalEntry)varied);
        foreach (var (what, varied) in OfRecord(entry.Body, "Code", "Word"))
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
                var copy = Copy(record);
                property.SetValue(copy, value);
                yield return ($"{property.Name}#{i++}", copy);
            }
        }
    }

    private static object Copy(object record) => record.GetType().IsValueType
        ? RuntimeHelpers.GetObjectValue(record)
        : record.GetType().GetMethod("<Clone>$")!.Invoke(record, [])!;

    private static IEnumerable<object?> OfValue(object? value, Type type) => value switch
    {
        null => OfNothing(type),
        string text => [text + "x"],
        long number => [number + 1],
        int number => [number + 1],
        byte number => [(byte)(number ^ 1)],
        bool flag => [!flag],
        CreditAmount amount => [new CreditAmount(amount.Micros + 1)],
        Instant at => [new Instant(at.Micros + 1)],
        Duration time => [new Duration(time.Micros + 1)],
        ExactDecimal number => [number + ExactDecimal.One],
        Unit unit => [unit == Unit.Input ? Unit.Output : Unit.Input],
        ThingNumber thing => [new ThingNumber(thing.Value + 1)],
        Enum word => [Enum.ToObject(word.GetType(), Convert.ToInt32(word) + 1)],
        ImmutableArray<byte> bytes => [bytes.IsEmpty ? [.. new byte[32]] : bytes.SetItem(0, (byte)(bytes[0] ^ 1))],
        ImmutableArray<Move> moves => [.. OfMoves(moves).Select(varied => (object)varied)],
        _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) =>
            (IEnumerable<object?>)ArrayOf.MakeGenericMethod(type.GenericTypeArguments).Invoke(null, [value])!,
        Origin or JobTerms or JobEnd => [null, .. OfRecord(value).Select(varied => varied.Varied)],
        _ => OfRecord(value).Select(varied => varied.Varied),
    };

    /// <summary>Something where there was nothing; of the larger things, those that are easily made.</summary>
    private static IEnumerable<object?> OfNothing(Type type) =>
        type == typeof(string) ? ["x"]
        : type == typeof(Instant?) ? [new Instant(1)]
        : type == typeof(CreditAmount?) ? [new CreditAmount(1)]
        : type == typeof(long?) ? [1L]
        : type == typeof(FreeTierTerms) ? [new FreeTierTerms(1, null, [])]
        : type == typeof(Origin) ? [new Origin(null, [.. new byte[16]], default, [.. new byte[16]])]
        : type == typeof(JobTerms) ? [new JobTerms(1, new(1))]
        : type == typeof(JobEnd) ? [new JobEnd(JobOutcome.Completed, 1)]
        : [];

    private static IEnumerable<object?> OfArray<T>(ImmutableArray<T> items)
    {
        if (items.IsDefaultOrEmpty) yield break;
        yield return items.RemoveAt(0);
        yield return items.Add(items[0]);
        for (var i = 0; i < items.Length; i++)
            foreach (var varied in OfValue(items[i], typeof(T))) yield return items.SetItem(i, (T)varied!);
    }

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
