using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Engine.Telemetry;

namespace Tallystick.Engine;

/// <summary>A command on its way to the lane of its chain.</summary>
public sealed record LedgerRequest
{
    public required ChainKey Chain { get; init; }

    /// <summary>Set where the caller named the account by its own id: then the number is checked against it.</summary>
    public string? AccountId { get; init; }
    public AccountCommand? Account { get; init; }
    public ProjectCommand? Project { get; init; }

    /// <summary>Who asks, with the idempotency key if there is one; null only for the server's own due work.</summary>
    public Origin? Origin { get; init; }
    public EntryText? Text { get; init; }

    /// <summary>How often the origin's licence has moved, as far as whoever asks knows; null: no matter.</summary>
    public int? LicenseMoves { get; init; }

    internal bool NeedsPrices => Account?.NeedsPrices ?? Project is ProjectCommand.PutPrices;

    /// <summary>Set where somebody watches or traces this request.</summary>
    public Steps? Steps { get; init; }
}
