namespace Tallystick.Contracts;

/// <summary>The stable codes of every error; docs/errors.md says when each is given.</summary>
public static class ErrorCodes
{
    public const string InvalidRequest = "invalid_request";
    public const string InvalidAmount = "invalid_amount";
    public const string Unauthenticated = "unauthenticated";
    public const string InsufficientCredits = "insufficient_credits";
    public const string LicenseInvalid = "license_invalid";
    public const string LicenseInactive = "license_inactive";
    public const string LicenseExpired = "license_expired";
    public const string AccountSuspended = "account_suspended";
    public const string AccountClosed = "account_closed";
    public const string Forbidden = "forbidden";
    public const string NotFound = "not_found";
    public const string HoldNotOpen = "hold_not_open";
    public const string AlreadyRefunded = "already_refunded";
    public const string Conflict = "conflict";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string PayloadTooLarge = "payload_too_large";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string IdempotencyMismatch = "idempotency_mismatch";
    public const string UnknownPrice = "unknown_price";
    public const string LimitExceeded = "limit_exceeded";
    public const string RateLimited = "rate_limited";
    public const string UpstreamError = "upstream_error";
    public const string UpstreamTimeout = "upstream_timeout";
    public const string StoreUnavailable = "store_unavailable";
    public const string Overloaded = "overloaded";
    public const string Internal = "internal";
}
