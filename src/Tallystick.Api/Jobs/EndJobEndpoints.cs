using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Jobs;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Jobs;

/// <summary>
/// <c>POST /api/v1/jobs/{id}/complete</c>, <c>/fail</c> and <c>/rollback</c>: charge the rows that were done, give
/// back the rest.
/// </summary>
internal static class EndJobEndpoints
{
    public static readonly ApiRoute Complete = ApiRoute.End(
        Roles.BackEnds, "/api/v1/jobs/{id}/complete",
        "Charge the rows that were done (default: all), give back the rest",
        typeof(EndJobRequest),
        typeof(JobResponse), call => EndAsync(call, Complete!, JobOutcome.Completed));

    public static readonly ApiRoute Fail = ApiRoute.End(
        Roles.BackEnds, "/api/v1/jobs/{id}/fail", "Charge the rows that were done (default: none), give back the rest",
        typeof(EndJobRequest),
        typeof(JobResponse), call => EndAsync(call, Fail!, JobOutcome.Failed));

    public static readonly ApiRoute Rollback = ApiRoute.End(
        Roles.BackEnds, "/api/v1/jobs/{id}/rollback",
        "Give back everything", typeof(EmptyRequest), typeof(JobResponse), async call =>
        {
            var request = await call.ReadAsync(ContractsJson.Default.EmptyRequest, mayBeEmpty: true);
            var caller = call.Caller();
            var origin = caller.Origin(Rollback!, call.PathValue("id"), request, ContractsJson.Default.EmptyRequest);
            await call.ChangeAsync(await MakeAsync(
                call, caller, origin, number => new(number, JobOutcome.RolledBack, null, CaptureMode.Overflow)));
        });

    private static async Task EndAsync(ApiCall call, ApiRoute route, JobOutcome outcome)
    {
        var request = await call.ReadAsync(ContractsJson.Default.EndJobRequest, mayBeEmpty: true);
        if (request.RowsDone < 0) throw RequestException.Invalid("rows_done", "at least 0");
        var mode = Fields.Mode(request.Mode);
        var caller = call.Caller();
        var origin = caller.Origin(route, call.PathValue("id"), request, ContractsJson.Default.EndJobRequest);
        await call.ChangeAsync(
            await MakeAsync(call, caller, origin, number => new(number, outcome, request.RowsDone, mode)));
    }

    private static async ValueTask<Change> MakeAsync(
        ApiCall call, Caller caller, Origin origin, Func<ThingNumber, AccountCommand.EndJob> command)
    {
        var (chain, number) = call.Thing("id", ThingId.Job, "job");
        origin = origin with { Labels = await Labels.OfEndAsync(caller, metadata: null, chain, number) };
        return Change.Of(
            new() { Chain = chain, Account = command(number), Origin = origin },
            200, ContractsJson.Default.JobResponse,
            async done =>
            {
                var view = await caller.Ledger.ViewAsync(chain, caller.Cancel);
                var begun = await caller.EntryAsync(chain, number.Sequence);
                var hold = await view!.HoldAsync(number);
                return JobReceipts.Ended(begun, done.Entry.Entry, view.State.AccountId, hold!);
            });
    }
}
