using Tallystick.Api.Http;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Core.Journal;

namespace Tallystick.Api.OpenApi;

/// <summary>
/// Which codes a route may answer with: by what it takes, and by what it does at the end of its path.
/// </summary>
internal static class RouteCodes
{
    private static readonly string[] Licensed =
    [
        ErrorCodes.LicenseInvalid, ErrorCodes.LicenseInactive, ErrorCodes.LicenseExpired, ErrorCodes.Conflict,
    ];

    private static readonly Dictionary<string, string[]> Endings = new(StringComparer.Ordinal)
    {
        ["/accounts/{account_id}"] = [ErrorCodes.AccountClosed],
        ["/suspend"] = [ErrorCodes.AccountClosed, ErrorCodes.Conflict],
        ["/reactivate"] = [ErrorCodes.AccountClosed, ErrorCodes.Conflict],
        ["/close"] = [ErrorCodes.AccountClosed, ErrorCodes.Conflict],
        ["/grants"] = [ErrorCodes.AccountClosed],
        ["/void"] = [ErrorCodes.Conflict],
        ["/charges"] = [.. Licensed, ErrorCodes.InsufficientCredits, ErrorCodes.AccountSuspended,
            ErrorCodes.AccountClosed],
        ["/holds"] = [.. Licensed, ErrorCodes.InsufficientCredits, ErrorCodes.AccountSuspended,
            ErrorCodes.AccountClosed],
        ["/check"] = [ErrorCodes.LicenseInvalid, ErrorCodes.Conflict],
        ["/licenses"] = [ErrorCodes.AccountClosed, ErrorCodes.Conflict],
        ["/licenses/{id}"] = [ErrorCodes.Conflict],
        ["/deactivate"] = [ErrorCodes.Conflict],
        ["/expire"] = [ErrorCodes.Conflict],
        ["/move"] = [ErrorCodes.AccountClosed, ErrorCodes.Conflict],
        ["/jobs"] = [ErrorCodes.InsufficientCredits, ErrorCodes.AccountSuspended, ErrorCodes.AccountClosed],
        ["/capture"] = [ErrorCodes.InsufficientCredits, ErrorCodes.HoldNotOpen],
        ["/release"] = [ErrorCodes.HoldNotOpen],
        ["/extend"] = [ErrorCodes.HoldNotOpen],
        ["/refund"] = [ErrorCodes.AlreadyRefunded],
        ["/complete"] = [ErrorCodes.InsufficientCredits, ErrorCodes.HoldNotOpen],
        ["/fail"] = [ErrorCodes.InsufficientCredits, ErrorCodes.HoldNotOpen],
        ["/rollback"] = [ErrorCodes.HoldNotOpen],
        ["/budgets/{id}"] = [ErrorCodes.AccountClosed],
        ["/rotate"] = [ErrorCodes.Conflict],
        ["/keys/{id}"] = [ErrorCodes.Conflict],
        ["/identity-providers/{name}"] = [ErrorCodes.Conflict],
        ["/projects"] = [ErrorCodes.Conflict],
        ["/archive"] = [ErrorCodes.Conflict],
    };

    /// <summary>Every code that the route may answer with.</summary>
    public static IEnumerable<string> Of(ApiRoute route)
    {
        var members = route.Takes is null ? []
            : ContractsJson.Default.GetTypeInfo(route.Takes)!.Properties
                .ToDictionary(one => one.Name, one => one.PropertyType);
        var isChange = route.Method != "GET" && route.KeyUse != KeyUse.Ignored;
        var hasAmount = members.Values.Any(type => type == typeof(Amount) || type == typeof(Amount?));
        var namesThing = route.Pattern.Contains('{') || members.ContainsKey("account_id")
            || members.ContainsKey("account_ids") || route.Query.Contains("account_id");
        var isOptional = route.Pattern.Contains("/test-clock", StringComparison.Ordinal);
        var ends = Endings.Where(one => route.Pattern.EndsWith(one.Key, StringComparison.Ordinal))
            .SelectMany(one => one.Value);
        string?[] codes =
        [
            ErrorCodes.Unauthenticated, ErrorCodes.Forbidden, ErrorCodes.RateLimited, ErrorCodes.Internal,
            ErrorCodes.StoreUnavailable,
            // A parameter that a route does not have is refused everywhere.
            ErrorCodes.InvalidRequest,
            hasAmount ? ErrorCodes.InvalidAmount : null,
            namesThing || isOptional ? ErrorCodes.NotFound : null,
            route.Takes is null ? null : ErrorCodes.PayloadTooLarge,
            route.Takes is null ? null : ErrorCodes.UnsupportedMediaType,
            route.Method == "GET" ? null : ErrorCodes.Overloaded,
            isChange ? ErrorCodes.IdempotencyMismatch : null,
            route.Method == "GET" ? null : ErrorCodes.LimitExceeded,
            members.ContainsKey("usage") ? ErrorCodes.UnknownPrice : null,
            .. route.Method == "GET" ? [] : ends,
            .. ErrorCodesOfHolder(route),
        ];
        return codes.OfType<string>().Distinct();
    }

    /// <summary>A licence may have ended, and a token's issuer be out of reach.</summary>
    private static string[] ErrorCodesOfHolder(ApiRoute route) => route.Roles.Contains(KeyRole.Account)
        ? [ErrorCodes.LicenseInactive, ErrorCodes.LicenseExpired, ErrorCodes.UpstreamError]
        : [];
}
