using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Audit;
using Tallystick.Contracts.Json;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Api.Audit;

/// <summary>What was done to the project itself, and the seals over its journals.</summary>
internal static class AuditEndpoints
{
    public static readonly ApiRoute Log = ApiRoute.Get(
        Roles.Admins, "/api/v1/audit", "Who changed what about the project, newest first",
        typeof(Page<AuditEntryResponse>), async call =>
        {
            var query = ListQuery.Read(call, "kind");
            var kind = query["kind"];
            if (kind is not null && !EntryBody.ProjectWords.Contains(kind))
                throw RequestException.Invalid("kind", "not a kind of entry of a project");
            var state = (await call.ProjectAsync()).State;
            var before = Math.Min(query.BeforeNumber, state.Sequence + 1);
            var (entries, next) = await call.Ledger.Journal(state.Key).ReadAsync(
                entry => kind is null || entry.Entry.Body.Word == kind, before, 1, query.Limit, call.Cancel);
            await call.AnswerAsync(
                query.Page([.. entries.Select(Render)], next), ContractsJson.Default.PageAuditEntryResponse);
        }) with
    {
        Query = ["kind", .. ListQuery.Members],
    };

    public static readonly ApiRoute Seals = ApiRoute.Get(
        Roles.Readers, "/api/v1/seals", "The seals over the project's journals, newest first",
        typeof(Page<SealResponse>), async call =>
        {
            var query = ListQuery.Read(call);
            var seals = await call.Ledger.ListSealsAsync(
                call.Principal.Project, query.BeforeNumber, query.Limit + 1, call.Cancel);
            var page = seals.Take(query.Limit).Select(Render).ToList();
            await call.AnswerAsync(
                query.Page(page, seals.Count > query.Limit ? page[^1].Number : 0),
                ContractsJson.Default.PageSealResponse);
        }) with
    {
        Query = ListQuery.Members,
    };

    private static AuditEntryResponse Render(SealedEntry stored)
    {
        var entry = stored.Entry;
        var (subject, description) = AuditWords.Of(entry);
        return new()
        {
            Sequence = entry.Sequence,
            Kind = entry.Body.Word,
            SubjectId = subject,
            Description = description,
            KeyId = entry.Origin is { } origin ? Actors.IdOf(entry.Chain.Project, origin.Actor) : null,
            TraceId = Convert.ToHexStringLower((entry.Origin?.TraceId ?? []).AsSpan()),
            Hash = Convert.ToHexStringLower(stored.Hash),
            CreatedAt = entry.At.ToTimestamp(),
        };
    }

    private static SealResponse Render(SealSummary seal) => new()
    {
        Number = seal.Number,
        SealedAt = seal.At.ToTimestamp(),
        Heads = seal.Heads,
        Root = Convert.ToHexStringLower(seal.Root),
        Hash = Convert.ToHexStringLower(seal.Hash),
    };
}
