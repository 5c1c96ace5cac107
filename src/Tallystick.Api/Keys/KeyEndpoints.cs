using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Keys;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Reads;

namespace Tallystick.Api.Keys;

/// <summary>
/// The keys of a project. A secret is in the answer that creates it and nowhere else: what is stored is a keyed hash.
/// </summary>
internal static class KeyEndpoints
{
    private const string Pattern = "/api/v1/keys", One = Pattern + "/{id}";
    private const int NameMax = 100;
    private const long OverlapDefault = 3_600, OverlapMax = 30L * 86_400;

    public static readonly ApiRoute Create = ApiRoute.Create(
        Roles.Admins, Pattern, "Create a key; its secret is shown this once", typeof(KeyRequest), typeof(KeyResponse),
        CreateAsync) with
    {
        KeyUse = KeyUse.Optional,
    };

    public static readonly ApiRoute Rotate = ApiRoute.Create(
        Roles.Admins, One + "/rotate", "A new key in the place of this one, which goes on for a while",
        typeof(RotateKeyRequest), typeof(KeyResponse), RotateAsync) with
    {
        KeyUse = KeyUse.Optional,
    };

    public static readonly ApiRoute Revoke = ApiRoute.Delete(
        Roles.Admins, One, "Revoke a key: refused at once here, within five seconds on every other node",
        typeof(KeyResponse), RevokeAsync);

    public static readonly ApiRoute Get = ApiRoute.Get(
        Roles.Admins, One, "A key, without its secret", typeof(KeyResponse), async call =>
        {
            var (_, key) = await FindAsync(call);
            await AnswerAsync(call, key);
        });

    public static readonly ApiRoute List = ApiRoute.Get(
        Roles.Admins, Pattern, "The project's keys, newest first", typeof(Page<KeyResponse>), async call =>
        {
            var query = ListQuery.Read(call);
            var view = await call.ProjectAsync();
            var page = await view.KeysAsync(query.BeforeThing, query.Limit);
            await call.AnswerAsync(
                query.Page(page, key => Render(view.State.Key, key, call.Ledger.Clock.Now)),
                ContractsJson.Default.PageKeyResponse);
        }) with
    {
        Query = ListQuery.Members,
    };

    /// <summary>How long what is rotated goes on.</summary>
    public static Duration Overlap(long? seconds) => (seconds ?? OverlapDefault) is >= 0 and <= OverlapMax
        ? Duration.FromSeconds(seconds ?? OverlapDefault)
        : throw RequestException.Invalid("overlap_seconds", $"0 to {OverlapMax}");

    private static async Task CreateAsync(ApiCall call)
    {
        var request = await call.ReadAsync(ContractsJson.Default.KeyRequest);
        var terms = await TermsAsync(call, request);
        var view = await call.ProjectAsync();
        var (secret, mac, hint) = NewSecret(call, view.State);
        await call.ChangeAsync(Change.Of(
            new()
            {
                Chain = view.State.Key,
                Project = new ProjectCommand.CreateKey(terms, mac, hint),
                Origin = call.Caller().Origin(Create, null, request, ContractsJson.Default.KeyRequest),
            },
            Create.Status, ContractsJson.Default.KeyResponse,
            done =>
            {
                var body = (EntryBody.KeyCreated)done.Entry.Entry.Body;
                return Created(done.Entry.Entry, body.Terms, body.Hint, done.Replayed ? null : secret);
            }));
    }

    private static async Task RotateAsync(ApiCall call)
    {
        var request = await call.ReadAsync(ContractsJson.Default.RotateKeyRequest, mayBeEmpty: true);
        var (view, key) = await FindAsync(call);
        var (secret, mac, hint) = NewSecret(call, view.State);
        await call.ChangeAsync(Change.Of(
            new()
            {
                Chain = view.State.Key,
                Project = new ProjectCommand.RotateKey(
                    key.Number, key.Terms with { ExpiresAt = request.ExpiresAt?.ToInstant() ?? key.Terms.ExpiresAt },
                    mac, hint, call.Ledger.Clock.Now.Plus(Overlap(request.OverlapSeconds)))
                {
                    KeepsLasting = true,
                },
                Origin = call.Caller().Origin(
                    Rotate, call.PathValue("id"), request, ContractsJson.Default.RotateKeyRequest),
            },
            Rotate.Status, ContractsJson.Default.KeyResponse,
            done =>
            {
                var body = (EntryBody.KeyRotated)done.Entry.Entry.Body;
                return Created(done.Entry.Entry, body.Terms, body.Hint, done.Replayed ? null : secret);
            }));
    }

    private static async Task RevokeAsync(ApiCall call)
    {
        var (view, key) = await FindAsync(call);
        if (!key.IsLiveAt(call.Ledger.Clock.Now))
        {
            await AnswerAsync(call, key);
            return;
        }
        await call.ChangeAsync(Change.Of(
            new()
            {
                Chain = view.State.Key, Project = new ProjectCommand.RevokeKey(key.Number),
                Origin = call.Caller().Origin(Revoke, call.PathValue("id"), new(), ContractsJson.Default.EmptyRequest),
            },
            Revoke.Status, ContractsJson.Default.KeyResponse,
            done => Render(view.State.Key, key with { RevokedAt = done.Entry.Entry.At }, done.Entry.Entry.At)));
    }

    private static async ValueTask<KeyTerms> TermsAsync(ApiCall call, KeyRequest request)
    {
        var role = Words.ToKeyRole(request.Role)
            ?? throw RequestException.Invalid("role", "admin, service, ingest, read or account");
        if (request.Name.Length == 0) throw RequestException.Invalid("name", "must not be empty");
        if (role == KeyRole.Account != request.AccountId is not null)
            throw RequestException.Invalid("account_id", "with role account, and only then");
        if (request.AccountId is { } accountId) await call.AccountAsync(accountId);
        return new(role, FreeText.Check(request.Name, "name", NameMax)!)
        {
            AccountId = request.AccountId, ExpiresAt = request.ExpiresAt?.ToInstant(),
            RequestsPerMinute = Fields.Count(request.RateLimits?.RequestsPerMinute, "rate_limits.requests_per_minute"),
            TokensPerMinute = Fields.Count(request.RateLimits?.TokensPerMinute, "rate_limits.tokens_per_minute"),
        };
    }

    private static NewSecret NewSecret(ApiCall call, ProjectState project) =>
        call.Service<KeyRing>().New(project.Key.Project, project.IsTest);

    private static async ValueTask<(ProjectView View, ApiKey Key)> FindAsync(ApiCall call)
    {
        var number = call.ProjectThing("id", ThingId.Key, "key");
        var view = await call.ProjectAsync();
        return (view, await view.KeyAsync(number) ?? throw RequestException.NotFound("key"));
    }

    private static Task AnswerAsync(ApiCall call, ApiKey key) => call.AnswerAsync(
        Render(ChainKey.OfProject(call.Principal.Project), key, call.Ledger.Clock.Now),
        ContractsJson.Default.KeyResponse);

    private static KeyResponse Created(JournalEntry entry, KeyTerms terms, string hint, string? secret) => new()
    {
        Id = ThingId.Format(ThingId.Key, entry.Chain, entry.Number),
        Role = Words.Of(terms.Role),
        Name = terms.Name,
        AccountId = terms.AccountId,
        Status = "active",
        Hint = hint,
        Key = secret,
        CreatedAt = entry.At.ToTimestamp(),
        ExpiresAt = terms.ExpiresAt?.ToTimestamp(),
        RateLimits = new(terms.RequestsPerMinute, terms.TokensPerMinute),
    };

    private static KeyResponse Render(ChainKey chain, ApiKey key, Instant at) => new()
    {
        Id = ThingId.Format(ThingId.Key, chain, key.Number),
        Role = Words.Of(key.Terms.Role),
        Name = key.Terms.Name,
        AccountId = key.Terms.AccountId,
        Status = key.RevokedAt is not null ? "revoked" : key.IsLiveAt(at) ? "active" : "expired",
        Hint = key.Hint,
        CreatedAt = key.CreatedAt.ToTimestamp(),
        ExpiresAt = key.Terms.ExpiresAt?.ToTimestamp(),
        RateLimits = new(key.Terms.RequestsPerMinute, key.Terms.TokensPerMinute),
        RevokedAt = key.RevokedAt?.ToTimestamp(),
        ReplacedBy = key.ReplacedBy.Value == 0 ? null : ThingId.Format(ThingId.Key, chain, key.ReplacedBy),
    };
}
