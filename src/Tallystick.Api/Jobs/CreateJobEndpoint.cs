using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Jobs;
using Tallystick.Contracts.Json;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;

namespace Tallystick.Api.Jobs;

/// <summary><c>POST /api/v1/jobs</c>: a job over so many rows; its credits are held until it ends.</summary>
internal static class CreateJobEndpoint
{
    private const long CreditsPerRowDefault = CreditAmount.MicrosPerCredit;
    private static readonly Duration LifetimeDefault = Duration.FromDays(7);

    public static readonly ApiRoute Route = ApiRoute.Create(
        Roles.BackEnds, "/api/v1/jobs",
        "Begin a job of so many rows, with its credits held", typeof(JobRequest), typeof(JobResponse),
        call => call.ChangeAsync(ContractsJson.Default.JobRequest, MakeAsync));

    private static async ValueTask<Change> MakeAsync(Caller caller, JobRequest request)
    {
        request = request with { Metadata = FreeText.Canonical(request.Metadata) };
        var accountId = Fields.AccountId(request.AccountId);
        if (request.Rows < 1) throw RequestException.Invalid("rows", "at least 1");
        var perRow = Fields.Positive(request.CreditsPerRow ?? new(CreditsPerRowDefault), "credits_per_row");
        return Change.Of(
            new()
            {
                Chain = caller.ChainOf(accountId),
                AccountId = accountId,
                Account = new AccountCommand.PlaceHold
                {
                    Demand = Demand.Of(Times(perRow, request.Rows)),
                    ExpiresIn = request.ExpiresIn is { } seconds ? Fields.Seconds(seconds, "expires_in")
                        : LifetimeDefault,
                    ReferenceId = Fields.Reference(request.ReferenceId),
                    Spender = Spenders.Of(caller, new(accountId), request.Metadata),
                    Job = new(request.Rows, perRow),
                },
                Origin = caller.Origin(Route, null, request, ContractsJson.Default.JobRequest) with
                {
                    Labels = await Labels.OfAsync(caller, request.Metadata),
                },
                Text = FreeText.OfRequest(request.Description, request.Metadata),
            },
            Route.Status, ContractsJson.Default.JobResponse,
            done => JobReceipts.Begun(done.Entry.Entry, accountId));
    }

    private static CreditAmount Times(CreditAmount perRow, long rows)
    {
        try
        {
            return perRow * rows;
        }
        catch (OverflowException)
        {
            throw RequestException.LimitExceeded("rows × credits_per_row is beyond what an amount can be");
        }
    }
}
