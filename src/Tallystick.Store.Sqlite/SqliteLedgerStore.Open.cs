using System.Security.Cryptography;
using Tallystick.Core.Charges;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite.Index;
using Tallystick.Store.Sqlite.Migrations;
using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Store.Sqlite;

public sealed partial class SqliteLedgerStore
{
    /// <summary>
    /// A start leaves in memory what trails after a kill, which is less than so many flushes; of more it makes runs.
    /// </summary>
    private const int RefoldMax = 3;

    private sealed record Opened(
        FolderLock FolderLock, Writer Writer, ReaderPool Readers, LedgerIndex Index, SealKeeper Seals,
        Func<string, ulong> HashText)
    {
        public required long LastPosition { get; init; }
        public required long NextRunId { get; init; }
    }

    /// <summary>Opens the folder for writing, creating it if need be, and folds what had not trailed.</summary>
    /// <exception cref="StoreRefusedException">The folder cannot be served; the message says why.</exception>
    /// <exception cref="JournalCorruptException">What is stored is not what was committed.</exception>
    public static SqliteLedgerStore Open(SqliteStoreOptions options, Folding fold)
    {
        Directory.CreateDirectory(options.Folder);
        var folderLock = FolderLock.Take(options.Folder, options.LockPatience);
        var writer = new Writer(options);
        var readers = new ReaderPool(options.Database);
        try
        {
            Migrator.Apply(writer.Connection);
            CheckMeta(writer, options.Clock);
            CheckPepper(writer, options);
            IndexForm.Apply(writer);
            return new(options, Recover(options, fold, (folderLock, writer, readers)));
        }
        catch (Exception failure)
        {
            readers.Dispose();
            writer.Drop();
            folderLock.Dispose();
            if (failure is SqliteException)
                throw new StoreRefusedException($"{options.Database} cannot be opened: {failure.Message}", failure);
            throw;
        }
    }

    /// <summary>False also where there is no store, or one that a first start was cut off from.</summary>
    /// <exception cref="StoreRefusedException">It cannot be read.</exception>
    public static bool HasEntries(string folder)
    {
        var path = Path.Combine(folder, SqliteStoreOptions.FileName);
        if (!File.Exists(path)) return false;
        try
        {
            using var connection = StorePragmas.OpenReader(path);
            return connection.ScalarInt("SELECT count(*) FROM sqlite_master WHERE name = 'journal'") > 0
                && Any(connection);
        }
        catch (SqliteException failure)
        {
            throw new StoreRefusedException($"{path} cannot be read: {failure.Message}", failure);
        }
    }

    private static Opened Recover(
        SqliteStoreOptions options, Folding fold, (FolderLock Lock, Writer Writer, ReaderPool Readers) parts)
    {
        var hashText = options.HashText ?? TextHash.OfStore(parts.Writer.Connection).Of;
        using var session = new ReadSession(parts.Readers);
        var runs = session.Read(RunTable.Load);
        if (RunTable.FindGap(runs) is { } gap) throw new JournalCorruptException(gap);
        var index = new LedgerIndex(parts.Readers, runs, hashText);
        var last = session.Read(reader => Refold(reader, index, fold, () =>
        {
            if (index.CurrentEntries >= RefoldMax * options.FlushEntries
                || index.CurrentBytes >= RefoldMax * options.FlushBytes) Flush(parts.Writer, options, index, hashText);
        }));
        if ((parts.Writer.Connection.ScalarInt("SELECT max(position) FROM journal") ?? 0) != last)
            throw new JournalCorruptException($"the index covers {last} entries, the journal ends before");
        if (LastNote.FindLoss(LastNote.Read(options.Folder), last) is { } loss) throw new StoreRefusedException(loss);
        return new(parts.Lock, parts.Writer, parts.Readers, index, new SealKeeper(last), hashText)
        {
            LastPosition = last, NextRunId = RunTable.NextRunId(parts.Writer.Connection),
        };
    }

    /// <summary>Folds the journal behind the runs; the last position.</summary>
    /// <param name="folded">Called after each entry.</param>
    private static long Refold(SqliteReader reader, LedgerIndex index, Folding fold, Action folded)
    {
        var position = index.View.TrailedPosition;
        foreach (var row in reader.Journal(position))
        {
            if (row.Position != ++position) throw new JournalCorruptException($"position {position} is missing");
            var state = index.LoadState(row.Chain);
            if (row.Sequence != (state?.Sequence ?? 0) + 1)
                throw new JournalCorruptException(
                    $"entry {row.Sequence} of {row.Chain} follows {state?.Sequence ?? 0}");
            if (!HashChain.Next(row.Bytes, state?.Head ?? HashChain.Genesis).AsSpan().SequenceEqual(row.Hash))
                throw new JournalCorruptException($"entry {row.Sequence} of {row.Chain} is not what was committed");
            var entry = new SealedEntry(EntryCodec.Decode(row.Bytes), row.Bytes, row.Hash, row.Text);
            if (entry.Entry.Chain != row.Chain || entry.Entry.Sequence != row.Sequence)
                throw new JournalCorruptException($"position {row.Position} holds another chain's entry");
            index.Add(entry, fold(state, entry, key => Find(index, row.Chain, key)), row.Position);
            folded();
        }
        return position;
    }

    /// <summary>Makes a run of what has been folded so far: a later start goes on behind it.</summary>
    private static void Flush(
        Writer writer, SqliteStoreOptions options, LedgerIndex index, Func<string, ulong> hashText)
    {
        var runId = RunTable.NextRunId(writer.Connection);
        var tail = index.Rotate();
        var items = new TailItems(tail, hashText);
        var positions = (tail.FirstPosition, tail.LastPosition);
        var builder = new RunBuilder(runId, 0, positions, items.FilterKeys, options.BlockBytes);
        var blocks = items.InOrder().Select(item => builder.Add(item.Key, item.Value.Span)).OfType<byte[]>().ToList();
        var (rest, run) = builder.Finish();
        writer.Transact(() =>
        {
            RunTable.WriteBlocks(writer, Run.BlockId(runId, 0), [.. blocks, .. rest]);
            RunTable.Write(writer, run.Row);
        }, "refold-flush");
        index.Publish(run, [], isFlush: true);
        writer.Checkpoint();
    }

    /// <summary>A charge that was never refunded has no record: it is what its entry says.</summary>
    private static ChainRecord? Find(LedgerIndex index, ChainKey chain, RecordKey key)
    {
        if (index.LoadRecord(chain, key) is { } record) return record;
        if (key.Kind != RecordKind.Charge) return null;
        var entries = index.ReadEntries(chain, key.Number.Sequence, key.Number.Sequence);
        return entries.Count == 0 ? null : Charge.From(entries[0].Entry);
    }

    private static bool Any(SqliteConnection connection) =>
        connection.ScalarInt("SELECT max(position) FROM journal") is > 0;

    /// <summary>A store from before there was a check takes the pepper that it is opened with for its own.</summary>
    private static void CheckPepper(Writer writer, SqliteStoreOptions options)
    {
        if (options.PepperCheck is not { } check) return;
        var known = writer.Connection.ScalarText("SELECT value FROM meta WHERE name = 'pepper_check'");
        if (known == check) return;
        if (known is not null && !options.TakesOtherPepper && Any(writer.Connection))
            throw new StoreRefusedException(
                $"the keys of the store in {options.Folder} were made with another pepper: give it the tally.pepper "
                + "that belongs to it (it is in no backup); with this one no key works");
        writer.Transact(() =>
        {
            var insert = writer.Statement("INSERT OR REPLACE INTO meta (name, value) VALUES ('pepper_check', ?)");
            insert.Bind(1, check);
            insert.Run();
        });
    }

    private static void CheckMeta(Writer writer, string clock)
    {
        var stored = writer.Connection.ScalarText("SELECT value FROM meta WHERE name = 'clock'");
        if (stored is null)
        {
            var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            writer.Transact(() =>
            {
                foreach (var (name, value) in new[] { ("store_id", id), ("clock", clock) })
                {
                    var insert = writer.Statement("INSERT INTO meta (name, value) VALUES (?, ?)");
                    insert.Bind(1, name);
                    insert.Bind(2, value);
                    insert.Run();
                }
            });
        }
        else if (stored != clock)
        {
            throw new StoreRefusedException(
                $"the store was made with a {stored} clock and cannot be opened with a {clock} clock");
        }
    }
}
