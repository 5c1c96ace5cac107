using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Jobs;
using Tallystick.Contracts.Json;
using Tallystick.Core.Holds;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Jobs;

/// <summary><c>GET /api/v1/jobs/{id}</c>: a job, and how it ended.</summary>
internal static class GetJobEndpoint
{
    public static readonly ApiRoute Route = ApiRoute.Get(
        Roles.Readers, "/api/v1/jobs/{id}", "A job, and how it ended", typeof(JobResponse), async call =>
        {
            var (chain, number) = call.Thing("id", ThingId.Job, "job");
            var view = await call.ViewAsync(chain, "job");
            var hold = await view.HoldAsync(number);
            if (hold?.Job is null) throw RequestException.NotFound("job");
            var begun = await call.Ledger.EntryAsync(chain, number.Sequence, call.Cancel);
            // What is due and not entered yet has no entry: such a job is expired and otherwise as it was.
            var ended = hold.EndedBy == 0 ? null : await call.Ledger.EntryAsync(chain, hold.EndedBy, call.Cancel);
            var response = JobReceipts.Now(begun!.Entry, ended?.Entry, view.State.AccountId, hold);
            if (ended is null && hold.Status == HoldStatus.Expired) response = response with { Status = "expired" };
            await call.AnswerAsync(response, ContractsJson.Default.JobResponse);
        });
}
