using System.Numerics;

namespace Tallystick.Model;

/// <param name="Available">What the 402 would name: max(0, available + overdraft_limit).</param>
/// <param name="AffordableAmount">The largest amount that a charge would pass with now.</param>
/// <param name="Code">What a charge would be refused with; null where it is allowed.</param>
public sealed record CheckResult(
    bool Allowed, BigInteger Required, BigInteger Available, BigInteger AffordableAmount, string? Code);

internal static class Refusals
{
    public static readonly Outcome NotFound = new Outcome.Refused("not_found");
    public static readonly Outcome InvalidAmount = new Outcome.Refused("invalid_amount");
    public static readonly Outcome InvalidRequest = new Outcome.Refused("invalid_request");
    public static readonly Outcome LimitExceeded = new Outcome.Refused("limit_exceeded");
    public static readonly Outcome AccountClosed = new Outcome.Refused("account_closed");
    public static readonly Outcome AccountSuspended = new Outcome.Refused("account_suspended");

    public static Outcome Conflict(Enum status) => new Outcome.Refused("conflict") { Status = Words.Spell(status) };

    public static Outcome HoldNotOpen(HoldStatus status) =>
        new Outcome.Refused("hold_not_open") { Status = Words.Spell(status) };

    public static Outcome AlreadyRefunded(BigInteger refundable) =>
        new Outcome.Refused("already_refunded") { Refundable = refundable };

    public static Outcome InsufficientCredits(BigInteger required, BigInteger available) =>
        new Outcome.Refused("insufficient_credits") { Required = required, Available = available };
}
