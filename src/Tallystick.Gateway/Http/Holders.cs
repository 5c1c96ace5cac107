using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Tallystick.Contracts;
using Tallystick.Core.Journal;
using Tallystick.Engine.Identity;
using Tallystick.Gateway.Calls;

namespace Tallystick.Gateway.Http;

/// <summary>
/// Who calls the gateway: the one place where a key becomes an account. A key of an account's own, or of a
/// licence in it, speaks for it; a back end's key speaks for the account that it names in a header. Thread-safe.
/// </summary>
internal sealed partial class Holders(Bearers bearers)
{
    public const string AccountHeader = "Tally-Account";

    /// <summary>Null for a caller without a valid key.</summary>
    /// <exception cref="RefusedException">The key is valid, but not for this.</exception>
    public async ValueTask<Holder?> FindAsync(HttpContext context)
    {
        if (CallersKey.Read(context.Request) is not { } secret) return null;
        var (found, refused) = await bearers.FindAsync(
            secret, CallersKey.Project(context.Request), context.RequestAborted);
        if (found is not { } principal) return null;
        if (refused is not null) throw new RefusedException(Refusals.Of(refused));
        return principal.Role switch
        {
            KeyRole.Account => new(principal.Project, principal.AccountId!, principal.Key)
            {
                License = principal.License,
            },
            KeyRole.Admin or KeyRole.Service => new(principal.Project, Named(context.Request), principal.Key),
            _ => throw new RefusedException(403, ErrorCodes.Forbidden, "This key's role may not do that."),
        };
    }

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
