using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Tallystick.Contracts;
using Tallystick.Core.Journal;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Limits;
using Tallystick.Gateway.Calls;

namespace Tallystick.Gateway.Http;

/// <summary>
/// Who calls the gateway: the one place where a key becomes an account. A key of an account's own, or of a
/// licence in it, speaks for it; a back end's key speaks for the account that it names in a header. Thread-safe.
/// </summary>
internal sealed partial class Holders(Bearers bearers, CallerLimits limits)
{
    public const string AccountHeader = "Tally-Account";

    /// <summary>Null for a caller without a valid key. One whose licence is over is told so in the holder.</summary>
    /// <exception cref="RefusedException">The key is valid, but not for this.</exception>
    public async ValueTask<Holder?> FindAsync(HttpContext context)
    {
        if (CallersKey.Read(context.Request) is not { } credential) return null;
        var bearer = await bearers.FindAsync(credential, context.RequestAborted);
        if (bearer.HeldUp is { } wait)
            throw TooMany("Too many credentials have failed from your address.", (long)Math.Ceiling(wait.TotalSeconds));
        if (bearer.Principal is not { } principal) return null;
        var holder = principal.Role switch
        {
            KeyRole.Account => new Holder(principal, principal.AccountId!),
            KeyRole.Admin or KeyRole.Service => new(principal, Named(context.Request)),
            _ => throw new RefusedException(403, ErrorCodes.Forbidden, "This key's role may not do that."),
        };
        await AdmitAsync(context, holder);
        return holder with { Refused = bearer.Refused };
    }

    /// <summary>By the limits of the key, and of the account's tier, whoever calls for it.</summary>
    private async ValueTask AdmitAsync(HttpContext context, Holder holder)
    {
        var admission = await limits.AdmitAsync(holder.Caller, holder.AccountId, context.RequestAborted);
        if (admission.PolicyField is not { } policy) return;
        context.Response.Headers["RateLimit-Policy"] = policy;
        context.Response.Headers["RateLimit"] = admission.LimitField;
        if (admission.Refused is { } refused) throw TooMany(refused.Text, admission.RetryAfter!.Value);
    }

    private static RefusedException TooMany(string text, long seconds) =>
        new(429, ErrorCodes.RateLimited, text) { RetryAfter = seconds };

    private static string Named(HttpRequest request) =>
        request.Headers.TryGetValue(AccountHeader, out var values) && values is [{ } account]
        && AccountIdForm().IsMatch(account)
            ? account
            : throw new RefusedException(
                400, ErrorCodes.InvalidRequest,
                $"A back end's key needs the account's id in the header {AccountHeader}.");

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex AccountIdForm();
}
