using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Tallystick.Api.Auth;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine;

namespace Tallystick.Api.Http;

/// <summary>One request on its way: who calls, under which trace, and how its answer is written.</summary>
internal sealed partial class ApiCall(HttpContext context, Ledger ledger, Principal principal, ApiRoute route)
{
    public HttpContext Context { get; } = context;
    public Ledger Ledger { get; } = ledger;
    public Principal Principal { get; } = principal;
    public CancellationToken Cancel => Context.RequestAborted;
    public string TraceId => TraceIds.Of(Context);

    public ValueTask<T> ReadAsync<T>(JsonTypeInfo<T> type, bool mayBeEmpty = false) where T : class =>
        RequestBody.ReadAsync(Context, type, mayBeEmpty);

    public string PathValue(string name) => (string)Context.Request.RouteValues[name]!;

    /// <summary>The account that a path or a body names.</summary>
    public static string AccountId(string text) =>
        AccountIdForm().IsMatch(text)
            ? text
            : throw RequestException.Invalid(
                "account_id", "1-128 of A-Z a-z 0-9 _ . : @ -, beginning with a letter or digit");

    /// <summary>A thing by its id; another kind's, a mistyped or a foreign id is simply not found.</summary>
    public (ChainKey Chain, ThingNumber Number) Thing(string text, string prefix, string what) =>
        ThingId.TryParse(text, prefix, Principal.Project, out var chain, out var number)
            ? (chain, number)
            : throw RequestException.NotFound(what);

    public ChainKey ChainOf(string accountId) => ChainKey.OfAccount(Principal.Project, accountId);

    public Origin Origin<T>(T body, JsonTypeInfo<T> type) => new(
        IdempotencyKey.Read(Context, route.NeedsKey),
        Meaning.Of(route.Method + " " + route.Pattern, Context.Request.Path.Value ?? "", body, type),
        Principal.Key,
        TraceIds.BytesOf(Context));

    /// <summary>Executes a change and answers with what its entry says.</summary>
    public async Task ExecuteAsync<T>(
        LedgerRequest request, JsonTypeInfo<T> type, Func<SealedEntry, AccountState, T> render,
        Func<AccountState, T>? unchanged = null, Func<SealedEntry, bool>? created = null)
    {
        switch (await Ledger.ExecuteAsync(request, Cancel))
        {
            case Reply.Done done:
                if (done.Replayed) Context.Response.Headers["Idempotent-Replayed"] = "true";
                var status = created?.Invoke(done.Entry) == true ? 201 : route.Status;
                await AnswerAsync(status, render(done.Entry, (AccountState)done.State), type);
                break;
            case Reply.Unchanged same when unchanged is not null:
                await AnswerAsync(200, unchanged((AccountState)same.State), type);
                break;
            case Reply.Refused refused:
                await Problems.WriteAsync(Context, Problems.From(refused.Rejection, TraceId));
                break;
            case Reply.KeyMismatch:
                var mismatch = Problems.Of(
                    422, ErrorCodes.IdempotencyMismatch, "This key has been used for a different request.");
                await Problems.WriteAsync(Context, mismatch with { TraceId = TraceId });
                break;
            case var other:
                throw new UnreachableException(other.GetType().Name);
        }
    }

    /// <summary>
    /// An account as it stands at an instant (<c>?at=</c>, default now), with everything due by then: by the function
    /// that a charge would be decided by.
    /// </summary>
    public async ValueTask<(AccountState State, Instant At)> AccountAsync(string accountId)
    {
        var now = Ledger.Clock.Now;
        var asked = Context.Request.Query["at"];
        var at = now;
        if (asked.Count > 0)
        {
            if (asked.Count > 1 || !Timestamp.TryParse(asked[0] ?? "", out var time))
                throw RequestException.Invalid("at", "an RFC 3339 time, once");
            at = time.ToInstant();
            if (at > now) throw RequestException.Invalid("at", "must not lie in the future");
        }
        var state = await Ledger.FindAccountAsync(Principal.Project, AccountId(accountId), Cancel);
        var then = state is null ? null : await Ledger.AtAsync(state, at, Cancel);
        return (then ?? throw RequestException.NotFound("account"), at);
    }

    public Task AnswerAsync<T>(int status, T body, JsonTypeInfo<T> type)
    {
        Context.Response.StatusCode = status;
        Context.Response.ContentType = "application/json";
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, type);
        Context.Response.ContentLength = bytes.Length;
        return Context.Response.Body.WriteAsync(bytes, Cancel).AsTask();
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex AccountIdForm();
}
