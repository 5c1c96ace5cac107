using System.Collections.Frozen;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Lanes;

/// <summary>Decides the tickets of one turn in order, each against what the ones before it have decided.</summary>
internal sealed class Turn(
    ILedgerStore store, StateCache cache, ProjectStates projects, Instant now, CancellationToken cancel)
{
    /// <summary>
    /// How many ids may meet in one number: five of them would need more accounts than there are people.
    /// </summary>
    public const int ProbesMax = 8;

    private readonly Dictionary<ChainKey, ChainState?> _fetched = [];
    private readonly Dictionary<(ChainKey Chain, string Key), long?> _keys = [];
    private StoreUnavailableException? _silence;

    /// <summary>Of the project that was last asked for: the same for the whole turn.</summary>
    private (int Project, ProjectTerms Terms)? _terms;

    public required Batch Batch { get; init; }

    /// <summary>
    /// Chains of which an earlier attempt has shown that something taken for granted does not hold, with the state that
    /// was taken for the present one: there a key is looked up before it is claimed. Elsewhere in a shared store the
    /// commit finds out, without a round trip for each command.
    /// </summary>
    public IReadOnlyDictionary<ChainKey, ChainState?> Doubted { get; init; } =
        FrozenDictionary<ChainKey, ChainState?>.Empty;

    /// <summary>
    /// Fetches what several requests will need, in one round trip for states and one for keys: in this order, so that
    /// a key that is not found was not claimed before its chain's state.
    /// </summary>
    public async ValueTask FetchAsync(IReadOnlyList<LedgerRequest> requests)
    {
        var unknown = requests.Select(request => request.Chain)
            .Where(chain => cache.Peek(chain) is null).Distinct()
            .Select(chain => new KnownChain(chain, Doubted.GetValueOrDefault(chain))).ToList();
        if (unknown.Count > 0)
        {
            var states = await AskAsync(() => store.LoadAsync(unknown, cancel));
            for (var i = 0; i < unknown.Count; i++) _fetched[unknown[i].Key] = states[i];
        }
        if (Doubted.Count == 0) return;
        var doubted = requests.Where(request => request.Origin?.Key is not null && Doubted.ContainsKey(request.Chain))
            .Select(request => (request.Chain, request.Origin!.Key!)).Distinct().ToList();
        if (doubted.Count < 2) return;
        var sequences = await AskAsync(() => store.FindKeysAsync(doubted, cancel));
        for (var i = 0; i < doubted.Count; i++) _keys[doubted[i]] = sequences[i];
    }

    public async ValueTask<Reply> DecideAsync(LedgerRequest request)
    {
        var pending = await OpenAsync(request);
        if (pending is null) return new Reply.Refused(new Rejection.NotFound("account"), null);
        if (request.Origin?.Key is { } key && await ReplayAsync(pending, key, request) is { } replay) return replay;

        var decision = await DecideAsync(pending, request);
        if (decision is Decision.Accepted accepted)
        {
            pending.Add(accepted);
            return new Reply.Done(
                accepted.Entries[^1], accepted.Entries[0].Entry.Sequence, accepted.State, Replayed: false);
        }
        // What another node has changed meanwhile shows when this is committed, also where nothing is entered.
        if (store.IsShared) pending.RelyOn(request.Origin?.Key);
        switch (decision)
        {
            case Decision.Unchanged:
                return new Reply.Unchanged(pending.State!);
            case Decision.Repeats repeats:
                return await RepeatAsync(pending, repeats, request);
            case Decision.Refused refused:
                return new Reply.Refused(refused.Rejection, pending.State);
            case var other:
                throw new System.Diagnostics.UnreachableException(other.GetType().Name);
        }
    }

    private async ValueTask<Decision> DecideAsync(Batch.Pending pending, LedgerRequest request)
    {
        var envelope = await EnvelopeAsync(request);
        if (request.Project is { } project)
            return ProjectRules.Decide(pending.Chain, (ProjectState?)pending.State, project, envelope);

        var command = request.Account!;
        if (command is AccountCommand.PutAccount put && put.Changes != Profile.Empty)
            command = put with { Present = await ProfileAsync(pending) };
        var records = LoadedRecords.None;
        while (true)
        {
            var state = (AccountState?)pending.State;
            var decision = AccountRules.Decide(pending.Chain, state, command, envelope, records);
            if (decision is not Decision.Needs needs) return decision;
            if (ReferenceEquals(records, LoadedRecords.None)) records = new();
            await LoadAsync(pending, needs, records);
        }
    }

    private async ValueTask LoadAsync(Batch.Pending pending, Decision.Needs needs, LoadedRecords records) =>
        await AskAsync(async () =>
        {
            await ChainReader.LoadAsync(store, pending.Chain, pending, needs.Records, records, cancel);
            return records;
        });

    private async ValueTask<Profile> ProfileAsync(Batch.Pending pending) =>
        pending.State is AccountState { Texts.ProfileAt: > 0 and var sequence }
            ? ProfileText.Read((await EntryAsync(pending, sequence)).Text)
            : Profile.Empty;

    /// <summary>Finds the chain; an account id that meets another's number goes on to the next probe.</summary>
    private async ValueTask<Batch.Pending?> OpenAsync(LedgerRequest request)
    {
        // An id may name any number, and no account has the project's.
        if (request.Account is not null && request.Chain.IsProject) return null;
        for (var probe = 0; probe < ProbesMax; probe++)
        {
            var chain = probe == 0
                ? request.Chain
                : ChainKey.OfAccount(request.Chain.Project, request.AccountId!, probe);
            var pending = Batch.Find(chain);
            var state = pending is not null ? pending.State : await LoadAsync(chain);
            if (request.AccountId is null || state is null || ((AccountState)state).AccountId == request.AccountId)
            {
                var creates = request.Project is not null || request.Account is AccountCommand.PutAccount;
                return state is null && !creates ? null : pending ?? Batch.Open(chain, state);
            }
        }
        throw new InvalidOperationException("too many accounts share a number");
    }

    private async ValueTask<ChainState?> LoadAsync(ChainKey chain)
    {
        if (cache.Peek(chain) is { } cached) return cached;
        if (!_fetched.Remove(chain, out var loaded)) loaded = await AskStateAsync(chain);
        if (loaded is not null) cache.Put(loaded);
        return loaded;
    }

    private ValueTask<ChainState?> AskStateAsync(ChainKey chain) => AskAsync(() => store.LoadAsync(chain, cancel));

    private async ValueTask<Envelope> EnvelopeAsync(LedgerRequest request)
    {
        var envelope = new Envelope(now, await TermsAsync(request), request.Origin, request.Text)
        {
            LicenseMoves = request.LicenseMoves,
        };
        return request.NeedsPrices ? envelope with { Prices = await PricesAsync(request.Chain.Project) } : envelope;
    }

    private async ValueTask<PriceBook> PricesAsync(int project)
    {
        var pending = Batch.Find(ChainKey.OfProject(project));
        var state = (ProjectState?)pending?.State ?? await AskAsync(() => projects.FindAsync(project, cancel));
        return await AskAsync(() => projects.Prices.FindAsync(state, pending, cancel));
    }

    private async ValueTask<ProjectTerms> TermsAsync(LedgerRequest request)
    {
        var chain = ChainKey.OfProject(request.Chain.Project);
        if (Batch.Find(chain)?.State is ProjectState decided) return ProjectStates.TermsOf(decided);
        if (_terms is not var (project, terms) || project != chain.Project)
        {
            terms = await AskTermsAsync(chain.Project, projects.TermsAsync);
            _terms = (chain.Project, terms);
        }
        // Another node may just have put the tier that this one does not know yet.
        if (request.Account is AccountCommand.PutAccount { Tier: { } tier } && terms.Tiers.Find(tier, now) is null)
            return await AskTermsAsync(chain.Project, projects.PresentTermsAsync);
        return terms;
    }

    private ValueTask<ProjectTerms> AskTermsAsync(
        int project, Func<int, CancellationToken, ValueTask<ProjectTerms>> find) =>
        AskAsync(() => find(project, cancel));

    /// <summary>The answer that the key already has, if any: before every other check.</summary>
    private async ValueTask<Reply?> ReplayAsync(Batch.Pending pending, string key, LedgerRequest request)
    {
        var entry = pending.FindKey(key);
        if (entry is null)
        {
            if (pending.SequenceBefore == 0 || (store.IsShared && !Doubted.ContainsKey(pending.Chain))) return null;
            if (await FindKeyAsync(pending.Chain, key) is not { } sequence) return null;
            entry = await EntryAsync(pending, sequence);
        }
        return IsSameRequest(entry, request)
            ? new Reply.Done(entry, entry.Entry.Sequence, pending.State!, Replayed: true)
            : new Reply.KeyMismatch();
    }

    // A store of one process is asked without a closure: it is at hand, and so asked for each command.
    private ValueTask<long?> FindKeyAsync(ChainKey chain, string key) =>
        store.IsShared ? AskKeyAsync(chain, key) : store.FindKeyAsync(chain, key, cancel);

    private ValueTask<long?> AskKeyAsync(ChainKey chain, string key) =>
        _keys.TryGetValue((chain, key), out var sequence)
            ? new(sequence) : AskAsync(() => store.FindKeyAsync(chain, key, cancel));

    private async ValueTask<Reply> RepeatAsync(Batch.Pending pending, Decision.Repeats repeats, LedgerRequest request)
    {
        var entry = await EntryAsync(pending, repeats.Sequence);
        return repeats.Otherwise is { } refusal && !IsSameRequest(entry, request)
            ? new Reply.Refused(refusal, pending.State)
            : new Reply.Done(entry, entry.Entry.Sequence, pending.State!, Replayed: true);
    }

    private async ValueTask<SealedEntry> EntryAsync(Batch.Pending pending, long sequence) =>
        await AskAsync(() => ChainReader.EntryAsync(store, pending.Chain, pending, sequence, cancel))
        ?? throw new StoreUnavailableException($"entry {sequence} cannot be read");

    /// <summary>
    /// Waits once a turn for a shared store that does not answer: the next command that needs it fails at once, or all
    /// those behind would add up their patience.
    /// </summary>
    private async ValueTask<T> AskAsync<T>(Func<ValueTask<T>> ask)
    {
        if (_silence is not null) throw new StoreUnavailableException(_silence.Message, _silence);
        try
        {
            return await ask();
        }
        catch (StoreUnavailableException fault) when (store.IsShared)
        {
            _silence = fault;
            throw;
        }
    }

    private static bool IsSameRequest(SealedEntry entry, LedgerRequest request) =>
        entry.Entry.Origin is { } origin && request.Origin is { } asked
        && origin.RequestHash.AsSpan().SequenceEqual(asked.RequestHash.AsSpan());
}
