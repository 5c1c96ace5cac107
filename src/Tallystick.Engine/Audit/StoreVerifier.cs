using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Audit;

/// <summary>
/// Audits a whole store: every chain is folded and decided again, the seals are computed again, and what the store
/// keeps besides is held against both. docs/invariants.md says what is checked where.
/// </summary>
public static class StoreVerifier
{
    /// <summary>Entries between two reports of progress.</summary>
    internal const int ReportEvery = 4_096;

    /// <param name="found">Called for each fault, in the order found.</param>
    /// <exception cref="StoreUnavailableException">The store could not be read to the end.</exception>
    public static VerifyResult Run(IStoreAudit audit, VerifyOptions options, Action<AuditFault> found)
    {
        var faults = new FaultReport(options.FindAll, found);
        var (entries, total, chains) = (0L, audit.CountEntries(), 0L);
        var projects = new ProjectHistories();
        var rollups = new RollupVerifier(audit, faults);
        using var digest = new BookDigest();
        foreach (var range in AuditRanges.OfAccounts(total).Prepend(ChainRange.Projects))
        {
            var folded = new VerifyPass(audit, faults, projects, rollups).Run(range, Examined);
            if (faults.IsOver) return new(entries, chains, 0, faults.Count, null);
            chains += folded.Count;
            digest.Add(folded);
        }
        if (entries != total && faults.Count == 0)
            faults.Add(new("I12", $"{total - entries} rows belong to no chain that can exist"));
        if (faults.Count == 0) rollups.CheckProjects();
        var seals = new SealVerifier(faults, options.KnownSeals);
        if (!faults.IsOver) seals.Run(audit.ReadSeals());
        foreach (var fault in faults.Read("I37", audit.SelfCheck())) faults.Add(new("I37", fault));
        return new(entries, chains, seals.Count, faults.Count, faults.Count == 0 ? digest.Finish() : null);

        void Examined()
        {
            if (++entries % ReportEvery == 0) options.Progress?.Report(new(entries, total));
        }
    }
}
