using System.Security.Cryptography;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Engine;
using Tallystick.Server.Import.Books;

namespace Tallystick.Server.Import.Runs;

/// <summary>
/// Brings one account over: it is opened, its history comes, then its balance with its open jobs in one commit, then
/// its licence. Each step has a key of its own, so that what was cut off goes on, and what is done is not done again.
/// </summary>
internal sealed class AccountImport(IImportTarget target, string layout, SourceAccount account, Throttle throttle)
{
    private const int SaltBytes = 16;
    private readonly List<Finding> _findings = [.. account.Findings];

    public async Task<ImportOutcome> RunAsync(CancellationToken cancel)
    {
        if (account.Refusal is { } refusal) return Refused(refusal);
        var before = await target.FindAsync(account.AccountId, cancel);
        if (before is { Imported.IsOpen: false } known && (known.Issued.IsPositive || known.Owed.IsPositive))
            return Refused("there is an account of that id, with credits of its own");
        if (await OpenAsync(cancel) is Reply.Refused closed) return Refused(Why(closed.Rejection));
        var newRows = await HistoryAsync(before, cancel);
        var reply = await BalanceAsync(cancel);
        if (reply is Reply.Refused refused) return Refused(Why(refused.Rejection));
        var hasLicense = await LicenseAsync(cancel);
        return await OutcomeAsync(reply, newRows, hasLicense, cancel);
    }

    private Task<Reply> OpenAsync(CancellationToken cancel) => AskAsync(
        new AccountCommand.PutAccount(account.AccountId)
        {
            OnlyNew = true, MonthlyCap = account.MonthlyCap, Changes = new(null, null, account.Metadata),
        },
        ImportOrigin.Once($"{layout} account"), account.Metadata is null ? null : [], cancel);

    /// <summary>How many rows were new. All of one account are on their way at once, and come in their order.</summary>
    private async Task<int> HistoryAsync(AccountState? before, CancellationToken cancel)
    {
        if (before?.Imported.Rows == account.History.Count && before.Imported.Sum == account.Sum) return 0;
        var asked = new List<Task<Reply>>(account.History.Count);
        foreach (var one in account.History)
        {
            var origin = ImportOrigin.Of(
                $"{layout} {one.Row.Table} {one.Row.RowId}", ImportOrigin.MeaningOf(one.Row), one.Text);
            asked.Add(await StartAsync(new AccountCommand.ImportHistory(one.Row), origin, one.Text, cancel));
        }
        var replies = await Task.WhenAll(asked);
        for (var i = 0; i < replies.Length; i++) Judge(replies[i], account.History[i].Row);
        var added = replies.Count(reply => reply is Reply.Done { Replayed: false });
        if (added > 0 && before is { Imported.IsOpen: true })
            _findings.Add(new(
                FindingKind.ChangedSinceImport,
                $"{added} rows are younger than the balance that was taken over: they are told, and move nothing"));
        return added;
    }

    private void Judge(Reply reply, EntryBody.HistoryImported row)
    {
        if (reply is Reply.KeyMismatch)
            _findings.Add(new(
                FindingKind.ChangedSinceImport,
                $"row {row.RowId} of {row.Table} says otherwise than when it came over"));
        else if (reply is Reply.Refused refused)
            _findings.Add(new(
                FindingKind.Refused, $"row {row.RowId} of {row.Table} was refused: {refused.Rejection.Code}"));
    }

    private Task<Reply> BalanceAsync(CancellationToken cancel)
    {
        var command = new AccountCommand.ImportBalance(layout)
        {
            Stated = account.Stated, Buckets = account.Buckets, Owed = account.Owed, Jobs = account.Jobs,
        };
        // Without what the flags of this run decide: the other system's books are compared.
        var meaning = new EntryBody.BalanceImported
        {
            Layout = layout, Stated = command.Stated, Rows = 0, Sum = default, Owed = command.Owed, Jobs = command.Jobs,
            Buckets = [.. command.Buckets.Select(bucket => bucket with { ExpiresAt = null })],
        };
        return AskAsync(command, ImportOrigin.Of($"{layout} balance", ImportOrigin.MeaningOf(meaning)), null, cancel);
    }

    private async Task<bool> LicenseAsync(CancellationToken cancel)
    {
        if (account.License is not { } license) return false;
        if (await target.LicenseAsync(account.AccountId, license, cancel) is not { } why) return true;
        _findings.Add(new(FindingKind.LicenseNotIssued, $"its licence stays behind: {why}"));
        return false;
    }

    private async Task<ImportOutcome> OutcomeAsync(Reply reply, int newRows, bool hasLicense, CancellationToken cancel)
    {
        var status = reply switch
        {
            Reply.Done { Replayed: false } => ImportStatus.Imported,
            Reply.Done => ImportStatus.Unchanged,
            _ => ImportStatus.Changed,
        };
        var state = reply is Reply.Done done ? (AccountState)done.State
            : (await target.FindAsync(account.AccountId, cancel))!;
        if (status == ImportStatus.Changed)
            _findings.Add(new(
                FindingKind.ChangedSinceImport,
                $"the other system now says {account.Stated}, which is not what was taken over: nothing of that came"));
        if (status == ImportStatus.Imported && state.Available != account.Balance)
            _findings.Add(new(
                FindingKind.BalanceDiffers, $"{account.Balance} should be there, and {state.Available} is",
                state.Available - account.Balance));
        return Outcome(status) with
        {
            NewBalance = state.Available, Held = state.Held, Jobs = JobsOf(state), NewRows = newRows,
            HasLicense = hasLicense,
            Refundable = account.History.Count(one => !one.Row.Split.IsEmpty),
        };
    }

    private static string Why(Rejection rejection) => rejection switch
    {
        Rejection.InvalidTime refused => $"{refused.Field} {refused.Reason}",
        Rejection.InvalidField refused => $"{refused.Field}: {refused.Reason}",
        Rejection.AccountConflict refused => refused.Reason,
        Rejection.LimitExceeded refused => $"beyond the limit {refused.Limit}",
        _ => rejection.Code,
    };

    private List<MovedJob> JobsOf(AccountState state)
    {
        var known = account.Jobs.Select(job => job.ReferenceId).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. from hold in state.Holds
               where hold is { Job: not null, ReferenceId: { } reference } && known.Contains(reference)
               select new MovedJob(
                   hold.ReferenceId!, ThingId.Format(ThingId.Job, state.Key, hold.Number),
                   ThingId.Format(ThingId.Hold, state.Key, hold.Number)),
        ];
    }

    private ImportOutcome Refused(string why)
    {
        _findings.Add(new(FindingKind.Refused, why));
        return Outcome(ImportStatus.Refused);
    }

    private ImportOutcome Outcome(ImportStatus status) => new(account.SourceId, account.AccountId, status)
    {
        OldBalance = account.Stated, Rows = account.History.Count, Sum = account.Sum, Findings = _findings,
    };

    private async Task<Reply> AskAsync(
        AccountCommand command, Origin origin, byte[]? text, CancellationToken cancel) =>
        await await StartAsync(command, origin, text, cancel);

    private Task<Task<Reply>> StartAsync(
        AccountCommand command, Origin origin, byte[]? text, CancellationToken cancel)
    {
        var request = new LedgerRequest
        {
            Chain = ChainKey.OfAccount(target.Project, account.AccountId), AccountId = account.AccountId,
            Account = command, Origin = origin,
            Text = text is null ? null : new([.. RandomNumberGenerator.GetBytes(SaltBytes)], [.. text]),
        };
        return throttle.StartAsync(() => target.ExecuteAsync(request, cancel), cancel);
    }
}
