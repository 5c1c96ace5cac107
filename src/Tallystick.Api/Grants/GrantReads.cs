using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Grants;
using Tallystick.Contracts.Json;
using Tallystick.Core.Grants;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Grants;

/// <summary>Grants as they are now.</summary>
internal static class GrantReads
{
    public static readonly ApiRoute Get = ApiRoute.Get(
        Roles.Readers, "/api/v1/grants/{id}",
        "A grant, and where its credits stand", typeof(GrantResponse), async call =>
        {
            var (chain, number) = call.Thing("id", ThingId.Grant, "grant");
            var view = await call.ViewAsync(chain, "grant");
            var grant = await view.GrantAsync(number) ?? throw RequestException.NotFound("grant");
            await call.AnswerAsync(Things.Grant(view.State, grant, view.At), ContractsJson.Default.GrantResponse);
        });

    public static readonly ApiRoute List = ApiRoute.Get(
        Roles.Readers, "/api/v1/accounts/{account_id}/grants",
        "An account's grants, newest first", typeof(Page<GrantResponse>),
            async call =>
        {
            var query = ListQuery.Read(call, "status", "bucket");
            var status = query.Word("status", Words.ToGrantStatus, "pending, active, depleted, expired or voided");
            var bucket = query["bucket"];
            var view = await call.ViewAsync(call.PathValue("account_id"));
            var page = await view.GrantsAsync(
                grant =>
                    (status is null || grant.StatusAt(view.At) == status) && (bucket is null || grant.Bucket == bucket),
                query.BeforeThing, query.Limit);
            await call.AnswerAsync(
                query.Page(page, grant => Things.Grant(view.State, grant, view.At)),
                    ContractsJson.Default.PageGrantResponse);
        }) with
    {
        Query = ["status", "bucket", .. ListQuery.Members],
    };
}
