using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tallystick.Api.Http;
using Tallystick.Contracts;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Limits;

namespace Tallystick.Api.Auth;

/// <summary>
/// What a request passes before its route: who calls, whether there is room for it, and whether that role may.
/// Thread-safe.
/// </summary>
internal sealed class Gate(Bearers bearers, CallerLimits limits, ProjectLoad load)
{
    private const string Scheme = "Bearer ";
    private const long RetryAfterLoad = 1;

    /// <summary>Whoever may go on, and then must <see cref="Leave"/>; null: the request has been refused.</summary>
    public async ValueTask<Principal?> EnterAsync(HttpContext context, ApiRoute route)
    {
        var bearer = await AuthenticateAsync(context);
        if (bearer.HeldUp is { } wait)
        {
            var text = "Too many credentials have failed from your address.";
            await RefuseAsync(context, 429, ErrorCodes.RateLimited, text, (long)Math.Ceiling(wait.TotalSeconds));
            return null;
        }
        if (bearer.Principal is not { } principal)
        {
            const string Text = "Send a valid key as Authorization: Bearer KEY.";
            await RefuseAsync(context, 401, ErrorCodes.Unauthenticated, Text);
            return null;
        }
        if (!await load.TryEnterAsync(principal, CancellationToken.None))
        {
            const string Text = "Too many requests of this project are under way.";
            await RefuseAsync(context, 429, ErrorCodes.RateLimited, Text, RetryAfterLoad);
            return null;
        }
        var isAdmitted = false;
        try
        {
            isAdmitted = await AdmitAsync(context, route, principal, bearer);
        }
        finally
        {
            if (!isAdmitted) Leave(principal);
        }
        return isAdmitted ? principal : null;
    }

    public void Leave(Principal principal) => load.Leave(principal.Project);

    private async ValueTask<bool> AdmitAsync(HttpContext context, ApiRoute route, Principal principal, Bearer bearer)
    {
        var admission = await limits.AdmitAsync(principal, principal.AccountId, CancellationToken.None);
        if (admission.PolicyField is { } policy)
        {
            context.Response.Headers["RateLimit-Policy"] = policy;
            context.Response.Headers["RateLimit"] = admission.LimitField;
        }
        if (admission.Refused is { } limit)
            await RefuseAsync(context, 429, ErrorCodes.RateLimited, limit.Text, admission.RetryAfter);
        else if (!route.Roles.Contains(principal.Role)
            || (route.OnlyOperator && principal.Project != KeyRing.DefaultProject))
            await RefuseAsync(context, 403, ErrorCodes.Forbidden, "This key's role may not do that.");
        else if (bearer.Refused is { } barred)
            await Problems.WriteAsync(context, Problems.From(barred, TraceIds.Of(context)));
        else return true;
        return false;
    }

    private ValueTask<Bearer> AuthenticateAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.Authorization is not [{ } header]
            || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return default;
        var project = headers[Bearers.ProjectHeader] is [{ } name] ? name : null;
        return bearers.FindAsync(
            new(header[Scheme.Length..], project, context.Connection.RemoteIpAddress), CancellationToken.None);
    }

    private static Task RefuseAsync(
        HttpContext context, int status, string code, string text, long? retryAfter = null)
    {
        if (retryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Problems.WriteAsync(context, Problems.Of(status, code, text) with { TraceId = TraceIds.Of(context) });
    }
}
