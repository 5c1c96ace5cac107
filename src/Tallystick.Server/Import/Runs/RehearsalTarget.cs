using System.Collections.Concurrent;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Core.Tiers;
using Tallystick.Engine;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Ports;
using Tallystick.Server.Import.Books;

namespace Tallystick.Server.Import.Runs;

/// <summary>
/// Decides as a ledger would and keeps nothing: what a dry run goes into. The accounts of a store that there is are
/// folded from its journal, so that a rehearsal also says what has been imported before.
/// </summary>
/// <param name="present">A store's snapshot; null where there is none yet.</param>
internal sealed class RehearsalTarget(IStoreAudit? present, int project, Instant now) : IImportTarget
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, Books> _books = new(StringComparer.Ordinal);

    public int Project => project;
    public Instant Now => now;

    public ValueTask<AccountState?> FindAsync(string accountId, CancellationToken cancel) =>
        new(BooksOf(accountId).State);

    public Task<Reply> ExecuteAsync(LedgerRequest request, CancellationToken cancel)
    {
        var books = BooksOf(request.AccountId!);
        lock (books) return Task.FromResult(books.Decide(request, now));
    }

    public Task<string?> LicenseAsync(string accountId, SourceLicense license, CancellationToken cancel) =>
        Task.FromResult(SecretForm.IsChosenLicense(license.Key) ? null
            : "a licence key has 16-128 printable ASCII characters and does not begin with tally_");

    /// <summary>Nothing more is asked of an account.</summary>
    public void Forget(string accountId) => _books.TryRemove(accountId, out _);

    private Books BooksOf(string accountId) => _books.GetOrAdd(accountId, id =>
    {
        var books = new Books(ChainKey.OfAccount(project, id));
        if (present is null) return books;
        // One snapshot, one reader.
        lock (_gate)
            if (Commands.AccountOptions.Find(present, project, id) is { } chain)
                foreach (var row in present.ReadChain(chain))
                    books.Fold(new(EntryCodec.Decode(row.Bytes), row.Bytes, row.Hash, row.Text));
        return books;
    });

    private sealed class Books(ChainKey key)
    {
        private static readonly ProjectTerms Terms =
            new(ProjectSettings.Default, TierBook.Empty, ZonedCalendar.Instance);

        private readonly Dictionary<RecordKey, ChainRecord> _records = [];
        private readonly Dictionary<string, SealedEntry> _keys = new(StringComparer.Ordinal);

        public AccountState? State { get; private set; }

        public void Fold(SealedEntry entry)
        {
            var (state, records) = StoreFold.Next(State, entry, Find);
            State = (AccountState)state;
            Keep(entry, records);
        }

        public Reply Decide(LedgerRequest request, Instant at)
        {
            if (request.Origin?.Key is { } claimed && _keys.TryGetValue(claimed, out var first))
                return first.Entry.Origin!.RequestHash.SequenceEqual(request.Origin.RequestHash)
                    ? new Reply.Done(first, first.Entry.Sequence, State!, Replayed: true)
                    : new Reply.KeyMismatch();
            switch (AccountRules.Decide(
                State?.Key ?? key, State, request.Account!, new(at, Terms, request.Origin, request.Text),
                LoadedRecords.None))
            {
                case Decision.Accepted accepted:
                    State = (AccountState)accepted.State;
                    foreach (var entry in accepted.Entries) Keep(entry, accepted.Records);
                    return new Reply.Done(
                        accepted.Entries[^1], accepted.Entries[0].Entry.Sequence, accepted.State, Replayed: false);
                case Decision.Refused refused:
                    return new Reply.Refused(refused.Rejection, State);
                default:
                    return new Reply.Unchanged(State!);
            }
        }

        private ChainRecord? Find(RecordKey record) => _records.GetValueOrDefault(record);

        private void Keep(SealedEntry entry, IReadOnlyCollection<ChainRecord> records)
        {
            foreach (var record in records) _records[record.Key] = record;
            if (entry.Entry.Origin?.Key is { } claimed) _keys[claimed] = entry;
        }
    }
}
