using Tallystick.Contracts;
using Tallystick.Core;
using Tallystick.Core.Money;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Pricing;

namespace Tallystick.Gateway.Calls;

/// <summary>What the ledger refuses, as errors of the gateway.</summary>
internal static class Refusals
{
    /// <param name="route">Where the call would have gone; null where there is no call.</param>
    public static GatewayError Of(Rejection rejection, PricedRoute? route = null) => rejection switch
    {
        Rejection.InsufficientCredits tooFew =>
            TooFew(tooFew.Required, tooFew.Available, "balance", tooFew.Available, route),
        Rejection.LimitReached limit => TooFew(limit.Required, limit.Available, limit.Source, limit.Left, route),
        Rejection.NotFound missing => new(404, missing.Code, $"There is no such {missing.What}."),
        Rejection.LicenseInvalid => new(403, rejection.Code, "There is no such licence."),
        Rejection.LicenseInactive => new(403, rejection.Code, "The licence has been deactivated."),
        Rejection.LicenseExpired => new(403, rejection.Code, "The licence has expired."),
        Rejection.LicenseMoved => new(409, rejection.Code, "The licence is being moved; send the request again."),
        Rejection.AccountSuspended => new(403, rejection.Code, "The account is suspended."),
        Rejection.AccountClosed => new(403, rejection.Code, "The account is closed."),
        Rejection.LimitExceeded limit => new(422, rejection.Code, $"That is beyond the limit {limit.Limit}."),
        _ => new(400, ErrorCodes.InvalidRequest, "The call cannot be held for."),
    };

    /// <summary>An upstream's answer that came to nothing.</summary>
    public static GatewayError OfUpstream(RelayEnd end) => end == RelayEnd.TimedOut
        ? new(504, ErrorCodes.UpstreamTimeout, "The provider did not answer in time; nothing was charged.")
        : new(502, ErrorCodes.UpstreamError, "The provider did not answer as it should; nothing was charged.");

    /// <summary>Too few credits, and how long an answer they are good for.</summary>
    private static GatewayError TooFew(
        CreditAmount required, CreditAmount available, string source, CreditAmount left, PricedRoute? route) => new(
        402, ErrorCodes.InsufficientCredits,
        $"This call may cost {required} credits and {CreditAmount.Min(available, left)} are available.")
    {
        Details =
        [
            ("required", required.ToString()), ("available", available.ToString()), ("limit_source", source),
            .. route is { Call.HasOutput: true }
                ? [("affordable_max_tokens", (object)route.Affordable(CreditAmount.Min(available, left)))]
                : Array.Empty<(string, object)>(),
        ],
    };
}
