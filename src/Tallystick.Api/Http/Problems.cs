using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Core;

namespace Tallystick.Api.Http;

/// <summary>
/// Every error that reaches the application, as application/problem+json. The one place where refusals meet HTTP.
/// </summary>
internal static class Problems
{
    private const string ContentType = "application/problem+json";
    private const string TypePrefix = "urn:tallystick:problem:";

    public static ProblemResponse From(Rejection rejection, string traceId)
    {
        var problem = rejection switch
        {
            Rejection.InvalidAmount r =>
                Of(400, r.Code, $"{r.Field}: not an amount that this can take") with { Errors = Only(r.Field) },
            Rejection.InvalidTime r =>
                Of(400, r.Code, $"{r.Field}: {r.Reason}") with { Errors = Only(r.Field, r.Reason) },
            Rejection.InvalidField r =>
                Of(400, r.Code, $"{r.Field}: {r.Reason}") with { Errors = Only(r.Field, r.Reason) },
            Rejection.NotFound r => Of(404, r.Code, $"There is no such {r.What}."),
            Rejection.LicenseInvalid r => Of(403, r.Code, "There is no such licence."),
            Rejection.LicenseInactive r => Of(403, r.Code, "The licence has been deactivated."),
            Rejection.LicenseExpired r => Of(403, r.Code, "The licence has expired."),
            Rejection.LicenseMoved r => Of(409, r.Code, "The licence is being moved; send the request again."),
            Rejection.LicenseConflict r => Of(409, r.Code, $"Not now: {r.Reason}."),
            Rejection.AccountClosed r => Of(403, r.Code, "The account is closed."),
            Rejection.AccountSuspended r => Of(403, r.Code, "The account is suspended."),
            Rejection.HoldNotOpen r =>
                Of(409, r.Code, $"The hold is {Words.Of(r.Status)}.") with { CurrentStatus = Words.Of(r.Status) },
            Rejection.AlreadyRefunded r =>
                Of(409, r.Code, $"Only {r.Refundable} of this charge is left to refund.") with
            {
                Refundable = r.Refundable.ToAmount(),
            },
            Rejection.AccountConflict r =>
                Of(409, r.Code, $"Not now: {r.Reason}.") with { CurrentStatus = Words.Of(r.Status) },
            Rejection.ChargeConflict r => Of(409, r.Code, $"Not refundable: {r.Reason}."),
            Rejection.ProjectConflict r => Of(409, r.Code, $"Not now: {r.Reason}."),
            Rejection.GrantConflict r =>
                Of(409, r.Code, $"The grant is {Words.Of(r.Status)}.") with { CurrentStatus = Words.Of(r.Status) },
            Rejection.JobConflict r =>
                Of(409, r.Code, $"The job is {Words.Of(r.Status)}.") with { CurrentStatus = Words.Of(r.Status) },
            Rejection.UnknownPrice r => Of(422, r.Code, $"This cannot be priced: {r.Reason}."),
            Rejection.LimitExceeded r => Of(422, r.Code, $"That is beyond the limit {r.Limit}."),
            Rejection.LimitReached r =>
                Of(402, r.Code, $"This takes {r.Required} credits, and {r.Source} leaves {r.Left}.") with
                {
                    Required = r.Required.ToAmount(), Available = r.Available.ToAmount(), LimitSource = r.Source,
                    LimitAvailable = r.Left.ToAmount(), AffordableMaxTokens = r.AffordableMaxTokens,
                },
            Rejection.InsufficientCredits r =>
                Of(402, r.Code, $"This takes {r.Required} credits and {r.Available} are available.") with
                {
                    Required = r.Required.ToAmount(), Available = r.Available.ToAmount(), LimitSource = "balance",
                    AffordableMaxTokens = r.AffordableMaxTokens,
                },
            _ => throw new System.Diagnostics.UnreachableException(rejection.Code),
        };
        return problem with { TraceId = traceId };
    }

    public static ProblemResponse From(RequestException refused, string traceId) =>
        Of(refused.Status, refused.Code, refused.Message) with { Errors = refused.Errors, TraceId = traceId };

    public static ProblemResponse Of(int status, string code, string detail) => new()
    {
        Type = TypePrefix + code, Title = code.Replace('_', ' '), Status = status, Detail = detail,
        Code = code, TraceId = "",
    };

    public static Task WriteAsync(HttpContext context, ProblemResponse problem)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(problem, ContractsJson.Default.ProblemResponse);
        return WriteAsync(context, problem.Status, body);
    }

    public static Task WriteAsync(HttpContext context, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        if (status == 503) context.Response.Headers.RetryAfter = "1";
        if (status == 401) context.Response.Headers.WWWAuthenticate = "Bearer";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body).AsTask();
    }

    private static Dictionary<string, string> Only(string field, string reason = "not an amount that this can take") =>
        new(StringComparer.Ordinal) { [field] = reason };
}
