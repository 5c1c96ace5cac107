using Tallystick.Core.Accounts;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Server.Import.Books;

namespace Tallystick.Server.Import.Runs;

/// <summary>The books that an import goes into: commands to a ledger, and nothing beside them.</summary>
internal interface IImportTarget : ILedger
{
    int Project { get; }
    Instant Now { get; }

    /// <summary>An account as it is; null if there is none.</summary>
    ValueTask<AccountState?> FindAsync(string accountId, CancellationToken cancel);

    /// <summary>Gives an account the licence; why not, where it cannot have it.</summary>
    Task<string?> LicenseAsync(string accountId, SourceLicense license, CancellationToken cancel);
}
