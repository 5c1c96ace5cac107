using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Tallystick.Core.Imports;
using Tallystick.Core.Money;
using Tallystick.Server.Import.Books;
using Tallystick.Server.Import.Sources;

namespace Tallystick.Server.Import.Layouts;

/// <summary>The tables of one of the documents, and how they are read into accounts.</summary>
internal abstract class Layout(string name)
{
    public static readonly IReadOnlyList<Layout> All =
        [new CreditAccountsLayout(), new LicensesLayout(), new JobsLayout(), new UserCreditsLayout()];

    /// <summary>The document's number.</summary>
    public string Name => name;

    /// <summary>
    /// Finds the tables at once, so that what is missing is said before anything is read or written; the accounts come
    /// in the order of their ids, once.
    /// </summary>
    /// <exception cref="ImportRefusedException">A table or column is missing.</exception>
    public abstract Task<IAsyncEnumerable<SourceAccount>> ReadAsync(
        SourceDatabase source, ImportOptions options, Strays strays, CancellationToken cancel);

    /// <summary>Every account of the cursor, in the order of its ids. One that is there twice is refused.</summary>
    protected static async IAsyncEnumerable<SourceAccount> EachAsync(
        SourceCursor accounts, string idColumn, ImportOptions options, Strays strays,
        Func<SourceRow, string, AccountReading, ValueTask<Func<SourceAccount>>> read,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        string? before = null;
        for (; await accounts.PeekAsync(cancel) is { } row; accounts.Pass())
        {
            if (row[idColumn] is not { } id)
            {
                strays.Of(row.Table.Name)(null);
                continue;
            }
            var reading = new AccountReading(options);
            if (id == before) yield return Refused(id, $"it is in {row.Table.Name} more than once", reading);
            else yield return Guarded(id, reading, await read(row, id, reading));
            before = id;
        }
    }

    /// <summary>The parts that took something, where all of them are known and sum to it.</summary>
    public static ImmutableArray<BucketPart> SplitOf(
        AccountReading reading, string row, CreditAmount taken, params (string Bucket, CreditAmount? Amount)[] parts)
    {
        if (parts.All(part => part.Amount is null or { IsZero: true })) return [];
        var split = parts.Where(part => part.Amount is { IsZero: false })
            .Select(part => new BucketPart(part.Bucket, part.Amount!.Value)).ToImmutableArray();
        var sum = split.Aggregate(default(CreditAmount), (total, part) => total + part.Amount);
        if (sum == taken && split.All(part => part.Amount.IsPositive)) return split;
        reading.Findings.Add(new(
            FindingKind.SplitIsNotTheAmount, $"row {row} took {taken} and says {sum} by bucket", taken - sum));
        return [];
    }

    private static SourceAccount Guarded(string id, AccountReading reading, Func<SourceAccount> read)
    {
        try
        {
            var account = read();
            return account with { Findings = [.. reading.End(), .. BookCheck.Of(account)] };
        }
        catch (UnreadableException unreadable)
        {
            return Refused(id, unreadable.Message, reading);
        }
        catch (OverflowException)
        {
            return Refused(id, "its sums are beyond 64 bits of millionths", reading);
        }
    }

    private static SourceAccount Refused(string id, string why, AccountReading reading) =>
        new() { SourceId = id, AccountId = id, Refusal = why, Findings = reading.Findings };
}
