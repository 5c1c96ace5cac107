using Tallystick.Core.Accounts;
using Tallystick.Core.Grants;
using Tallystick.Core.Holds;
using Tallystick.Core.Money;

namespace Tallystick.Core;

/// <summary>
/// Why a command was refused: a stable code and its data. A refusal is a value; nothing was written. Declared in order
/// of precedence: of several that apply, the first is given.
/// </summary>
public abstract record Rejection(string Code)
{
    public sealed record InvalidAmount(string Field) : Rejection("invalid_amount");
    public sealed record NotFound(string What) : Rejection("not_found");
    public sealed record LicenseInvalid() : Rejection("license_invalid");

    /// <summary>It is another account's now, or has been since whoever asks looked: look again.</summary>
    public sealed record LicenseMoved() : Rejection("conflict");
    public sealed record LicenseInactive() : Rejection("license_inactive");
    public sealed record LicenseExpired() : Rejection("license_expired");
    public sealed record AccountClosed() : Rejection("account_closed");
    public sealed record AccountSuspended() : Rejection("account_suspended");
    public sealed record HoldNotOpen(HoldStatus Status) : Rejection("hold_not_open");
    public sealed record ChargeConflict(string Reason) : Rejection("conflict");
    public sealed record AlreadyRefunded(CreditAmount Refundable) : Rejection("already_refunded");
    public sealed record AccountConflict(AccountStatus Status, string Reason) : Rejection("conflict");
    public sealed record GrantConflict(GrantStatus Status) : Rejection("conflict");
    public sealed record JobConflict(HoldStatus Status) : Rejection("conflict");
    public sealed record ProjectConflict(string Reason) : Rejection("conflict");
    public sealed record LicenseConflict(string Reason) : Rejection("conflict");
    public sealed record InvalidTime(string Field, string Reason) : Rejection("invalid_request");
    public sealed record InvalidField(string Field, string Reason) : Rejection("invalid_request");

    /// <summary>A model without a price, or a used quantity without a rate: never free by silence.</summary>
    public sealed record UnknownPrice(string Reason) : Rejection("unknown_price");
    public sealed record LimitExceeded(string Limit) : Rejection("limit_exceeded");
    /// <summary>The balance would do, but a cap or budget does not.</summary>
    /// <param name="Source"><c>monthly_cap</c> or <c>budget:</c> with its id.</param>
    /// <param name="Left">What the tightest of them leaves.</param>
    public sealed record LimitReached(CreditAmount Required, CreditAmount Available, string Source, CreditAmount Left)
        : Rejection("insufficient_credits")
    {
        /// <summary>As with too small a balance.</summary>
        public long? AffordableMaxTokens { get; init; }
    }
    public sealed record InsufficientCredits(CreditAmount Required, CreditAmount Available)
        : Rejection("insufficient_credits")
    {
        /// <summary>Where a usage was asked for: how many output tokens beside the rest of it are affordable.</summary>
        public long? AffordableMaxTokens { get; init; }
    }
}
