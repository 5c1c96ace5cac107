using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Reads;

namespace Tallystick.Api.Http;

/// <summary>One request on its way: who calls, under which trace, and how its answer is written.</summary>
internal sealed class ApiCall(
    HttpContext context, IServiceProvider services, Principal principal, ApiRoute route, Follower follower)
{
    public HttpContext Context { get; } = context;
    public Ledger Ledger { get; } = services.GetRequiredService<Ledger>();
    public Principal Principal { get; } = principal;

    /// <summary>
    /// Ends what only reads when nobody waits for it any more. What changes something is decided all the same.
    /// </summary>
    public CancellationToken Cancel => Context.RequestAborted;
    public string TraceId => TraceIds.Of(Context);
    public Follower Follower { get; } = follower;

    public ValueTask<T> ReadAsync<T>(JsonTypeInfo<T> type, bool mayBeEmpty = false) where T : class =>
        RequestBody.ReadAsync(Context, type, mayBeEmpty, route.BodyMax);

    /// <summary>A body in another project's shape; whoever asks for it disposes of it.</summary>
    public ValueTask<JsonDocument> ReadDocumentAsync() => RequestBody.ReadDocumentAsync(Context, route.BodyMax);

    public string PathValue(string name) => (string)Context.Request.RouteValues[name]!;

    /// <summary>The caller of a change, with the key that the route asks for.</summary>
    public Caller Caller() =>
        new(Ledger, Principal, TraceIds.BytesOf(Context), IdempotencyKey.Read(Context, route.KeyUse))
        {
            Payers = Service<Payers>(),
        };

    /// <summary>Reads the body, makes the change that it asks for and answers with what its entry says.</summary>
    public async Task ChangeAsync<T>(JsonTypeInfo<T> type, Func<Caller, T, ValueTask<Change>> make) where T : class
    {
        var caller = Caller();
        var change = await make(caller, await ReadAsync(type));
        await AnswerAsync(await change.AnswerAsync(this, await change.Start(this)));
    }

    /// <summary>Makes a change and answers with what its entry says.</summary>
    public async Task ChangeAsync(Change change) =>
        await AnswerAsync(await change.AnswerAsync(this, await change.Start(this)));

    private Task AnswerAsync(Answer answer)
    {
        if (answer.Replayed) Context.Response.Headers["Idempotent-Replayed"] = "true";
        return answer.Status < 300 ? WriteAsync(answer.Status, answer.Body)
            : Problems.WriteAsync(Context, answer.Status, answer.Body);
    }

    /// <summary>Answers a change that is idempotent by nature with the thing as it is now.</summary>
    public async Task AnswerAsync<T>(Reply reply, Func<ValueTask<T>> render, JsonTypeInfo<T> type)
    {
        if (reply is Reply.KeyMismatch or Reply.Refused)
        {
            var refused = Change.OfRefusal(reply, TraceId);
            await Problems.WriteAsync(Context, refused.Status, refused.Body);
            return;
        }
        if (reply is Reply.Done { Replayed: true }) Context.Response.Headers["Idempotent-Replayed"] = "true";
        await AnswerAsync(await render(), type);
    }

    /// <summary>
    /// A thing of an account by its id; another kind's, a mistyped or a foreign id is simply not found.
    /// </summary>
    public (ChainKey Chain, ThingNumber Number) Thing(string name, string prefix, string what) =>
        ThingId.TryParse(PathValue(name), prefix, Principal.Project, out var chain, out var number)
        && !chain.IsProject
            ? (chain, number)
            : throw RequestException.NotFound(what);

    /// <summary>As the other, of a thing in the project's own chain.</summary>
    public ThingNumber ProjectThing(string name, string prefix, string what) =>
        ThingId.TryParse(PathValue(name), prefix, Principal.Project, out var chain, out var number)
        && chain.IsProject
            ? number
            : throw RequestException.NotFound(what);

    /// <summary>
    /// An account as it stands at an instant (<c>?at=</c>, default its present), with everything due by then: by the
    /// function that a charge would be decided by.
    /// </summary>
    public async ValueTask<(AccountState State, Instant At)> AccountAsync(string accountId, bool mayBePast = false)
    {
        var asked = mayBePast ? ReadAt() : null;
        var state = await Ledger.FindAccountAsync(Principal.Project, Fields.AccountId(accountId), Cancel);
        var now = state is null ? Ledger.Clock.Now : Ledger.TimeOf(state);
        if (asked > now) throw RequestException.Invalid("at", "must not lie in the future");
        var at = asked ?? now;
        var then = state is null ? null : await Ledger.AtAsync(state, at, Cancel);
        if (then is null) throw RequestException.NotFound("account");
        Follower.Follow(then.Key)?.Read(then);
        return (then, at);
    }

    /// <summary>The licence by which a request spends, as it is now, and whose credits those are.</summary>
    /// <exception cref="RejectionException">There is no such licence any more.</exception>
    public async ValueTask<(License? License, string AccountId)> LicenseAsync(Payer payer)
    {
        if (payer.License is null) return (null, payer.AccountId);
        var present = await Service<LicenseDirectory>().PresentAsync(Principal.Project, payer.LicenseNumber, Cancel)
            ?? throw new RejectionException(new Rejection.LicenseInvalid());
        return (present.License, present.Place.AccountId);
    }

    /// <summary>The holder's own account; another one that the query asks for is simply not found.</summary>
    public async ValueTask<AccountState> HolderAsync()
    {
        var own = Principal.AccountId ?? throw RequestException.NotFound("account");
        var asked = Context.Request.Query["account_id"];
        if (asked.Count > 0 && asked[0] != own) throw RequestException.NotFound("account");
        return (await AccountAsync(own)).State;
    }

    private Instant? ReadAt()
    {
        var asked = Context.Request.Query["at"];
        if (asked.Count == 0) return null;
        return Timestamp.TryParse(asked[0] ?? "", out var time) ? time.ToInstant()
            : throw RequestException.Invalid("at", "an RFC 3339 time");
    }

    /// <summary>The tiers of the caller's project.</summary>
    public async ValueTask<TierBook> TiersAsync() =>
        (await Ledger.FindProjectAsync(Principal.Project, Cancel))?.Tiers ?? TierBook.Empty;

    /// <summary>The caller's project with all its things.</summary>
    public async ValueTask<ProjectView> ProjectAsync() =>
        (await Ledger.ViewProjectAsync(Principal.Project, Cancel))!;

    public T Service<T>() where T : notnull => services.GetRequiredService<T>();

    /// <summary>An account with all its things as of now.</summary>
    public async ValueTask<AccountView> ViewAsync(string accountId)
    {
        var state = await Ledger.FindAccountAsync(Principal.Project, Fields.AccountId(accountId), Cancel);
        return await ViewAsync(state?.Key ?? throw RequestException.NotFound("account"), "account");
    }

    /// <summary>The account that a thing belongs to, as it stands now.</summary>
    public async ValueTask<AccountView> ViewAsync(ChainKey chain, string what) =>
        await Ledger.ViewAsync(chain, Cancel) ?? throw RequestException.NotFound(what);

    public Task AnswerAsync<T>(T body, JsonTypeInfo<T> type) =>
        WriteAsync(200, JsonSerializer.SerializeToUtf8Bytes(body, type));

    /// <summary>Answers piece by piece, for what may be long.</summary>
    public Task StreamAsync(object body, JsonTypeInfo type)
    {
        Context.Response.StatusCode = 200;
        Context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(Context.Response.BodyWriter, body, type, Cancel);
    }

    /// <summary>Answers with what is written, without making an object of it first.</summary>
    /// <param name="bytes">How many that will be at most, where it is known.</param>
    public Task AnswerAsync(Action<Utf8JsonWriter> write, int bytes = 256)
    {
        var buffer = new ArrayBufferWriter<byte>(bytes);
        using (var writer = new Utf8JsonWriter(buffer)) write(writer);
        return WriteAsync(200, buffer.WrittenMemory);
    }

    private Task WriteAsync(int status, ReadOnlyMemory<byte> body)
    {
        Context.Response.StatusCode = status;
        Context.Response.ContentType = "application/json";
        Context.Response.ContentLength = body.Length;
        return Context.Response.Body.WriteAsync(body).AsTask();
    }
}
