using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.WhatIf;

/// <summary>
/// Replays the usage of a period under other terms, read-only: each account is folded up to its begin and from there
/// decided again, command by command, by the rules that decided it in fact.
/// </summary>
public static class WhatIfRun
{
    /// <returns>Null if there is no such project.</returns>
    /// <exception cref="JournalCorruptException">The journal cannot be folded.</exception>
    /// <exception cref="StoreUnavailableException">The store could not be read to the end.</exception>
    public static WhatIfResult? Run(IStoreAudit audit, WhatIfQuery query, IProgress<AuditProgress>? progress)
    {
        var project = new RefoldedChain(ChainKey.OfProject(query.Project), new());
        var entries = new List<SealedEntry>();
        foreach (var row in audit.ReadChain(project.Key))
        {
            entries.Add(project.OpenOrRefuse(row));
            project.Fold(entries[^1]);
        }
        if (project.State is null) return null;
        var (terms, result) = (new OtherTerms(entries, query), new WhatIfResult());
        var (done, total) = (0L, audit.CountEntries());
        foreach (var range in AuditRanges.OfAccounts(total))
        {
            var accounts = new Dictionary<ChainKey, Account>();
            var writer = new CborWriter();
            foreach (var row in audit.ReadJournal(range))
            {
                if (++done % StoreVerifier.ReportEvery == 0) progress?.Report(new(done, total));
                if (row.Chain.Project != query.Project) continue;
                if (!accounts.TryGetValue(row.Chain, out var account))
                    accounts.Add(row.Chain, account = new(new(row.Chain, writer), terms, query, result));
                account.Read(row);
            }
            foreach (var account in accounts.Values) account.End();
        }
        return result;
    }

    /// <summary>One account: as it was, and from the begin of the period as it would have been.</summary>
    private sealed class Account(RefoldedChain chain, OtherTerms terms, WhatIfQuery query, WhatIfResult result)
    {
        private OtherAccount? _other;

        public void Read(in RawEntry row)
        {
            if (_other is null)
            {
                var entry = chain.OpenOrRefuse(row);
                if (entry.Entry.At < query.From)
                {
                    chain.Fold(entry);
                    return;
                }
                _other = new(chain.Key, (AccountState?)chain.State, chain.Records, terms, result);
            }
            var stored = new SealedEntry(EntryCodec.Decode(row.Bytes), row.Bytes, row.Hash, row.Text);
            if (stored.Entry.At < query.To) _other.Replay(stored);
        }

        public void End() => _other?.End();
    }
}
