using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Holds;
using Tallystick.Contracts.Json;
using Tallystick.Core.Holds;
using Tallystick.Core.Journal;
using Tallystick.Engine.Reads;

namespace Tallystick.Api.Holds;

/// <summary>Holds as they are now: a hold answers for life.</summary>
internal static class HoldReads
{
    public static readonly ApiRoute Get = ApiRoute.Get(
        Roles.Readers, "/api/v1/holds/{id}", "A hold, and what became of it", typeof(HoldResponse), async call =>
        {
            var (chain, number) = call.Thing("id", ThingId.Hold, "hold");
            var view = await call.ViewAsync(chain, "hold");
            var hold = await view.HoldAsync(number) ?? throw RequestException.NotFound("hold");
            await call.AnswerAsync(await ResponseAsync(call, view, hold), ContractsJson.Default.HoldResponse);
        });

    public static readonly ApiRoute List = ApiRoute.Get(
        Roles.Readers, "/api/v1/holds", "An account's holds, newest first", typeof(Page<HoldResponse>), async call =>
        {
            var query = ListQuery.Read(call, "account_id", "status");
            var status = query.Word("status", Words.ToHoldStatus, "held, captured, released or expired");
            var view = await call.ViewAsync(
                query["account_id"] ?? throw RequestException.Invalid("account_id", "must be given"));
            var page =
                await view.HoldsAsync(hold => status is null || hold.Status == status, query.BeforeThing, query.Limit);
            var responses = new List<HoldResponse>(page.Things.Count);
            foreach (var hold in page.Things) responses.Add(await ResponseAsync(call, view, hold));
            await call.AnswerAsync(query.Page(responses, page.Next), ContractsJson.Default.PageHoldResponse);
        }) with
    {
        Query = ["account_id", "status", .. ListQuery.Members],
    };

    private static async ValueTask<HoldResponse> ResponseAsync(ApiCall call, AccountView view, Hold hold)
    {
        var placed = await call.Ledger.EntryAsync(view.State.Key, hold.Number.Sequence, call.Cancel);
        return HoldReceipts.Of(placed!.Entry, view.State.AccountId, hold, view.State.Available);
    }
}
