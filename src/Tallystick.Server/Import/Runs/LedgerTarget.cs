using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Identity;
using Tallystick.Server.Import.Books;

namespace Tallystick.Server.Import.Runs;

/// <summary>A ledger over an opened store.</summary>
internal sealed class LedgerTarget(Ledger ledger, KeyRing keys, LicenseDirectory licenses, int project) : IImportTarget
{
    public int Project => project;
    public Instant Now => ledger.Clock.Now;

    public Task<Reply> ExecuteAsync(LedgerRequest request, CancellationToken cancel) =>
        ledger.ExecuteAsync(request, cancel);

    public ValueTask<AccountState?> FindAsync(string accountId, CancellationToken cancel) =>
        ledger.FindAccountAsync(project, accountId, cancel);

    public async Task<string?> LicenseAsync(string accountId, SourceLicense license, CancellationToken cancel)
    {
        if (!SecretForm.IsChosenLicense(license.Key))
            return "a licence key has 16-128 printable ASCII characters and does not begin with tally_";
        var secret = keys.Of(license.Key);
        var origin = ImportOrigin.Once("license");
        var (number, owner) = await licenses.PointAsync(project, secret.Mac, accountId, isChosen: true, origin, cancel);
        if (owner != accountId) return $"its key leads to account {owner}";
        return await ExecuteAsync(ReceiveOf(accountId, license, number, secret.Hint), cancel) is Reply.Refused refused
            ? refused.Rejection.Code
            : null;
    }

    /// <summary>It arrives as it was, its end in the past too.</summary>
    private LedgerRequest ReceiveOf(string accountId, SourceLicense license, ThingNumber number, string hint) => new()
    {
        Chain = ChainKey.OfAccount(project, accountId), AccountId = accountId,
        Account = new AccountCommand.ReceiveLicense(new()
        {
            Number = number, Name = license.Name, Hint = hint, CreatedAt = license.CreatedAt ?? Now,
            ExpiresAt = license.ExpiresAt, Status = license.IsActive ? LicenseStatus.Active : LicenseStatus.Inactive,
        }),
        Origin = ImportOrigin.Once("license"),
    };
}
