using System.Diagnostics;
using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Usage;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Usage;
using Tallystick.Engine;

namespace Tallystick.Api.Usage;

/// <summary>
/// <c>POST /api/v1/usage/events</c>: records what was consumed, each event once, and charges for it in the same entry.
/// A fault answers for all of them: what was recorded then is a duplicate when they are sent again.
/// </summary>
internal static class UsageEventsEndpoint
{
    private const string SourceDefault = "default";

    /// <summary>Events under way at a time: one request must not fill the lanes' queues.</summary>
    private const int AtOnce = 1_000;

    public static readonly ApiRoute Route = ApiRoute.Post(
        Roles.Meters, "/api/v1/usage/events", "Record usage events, each once, and charge for them",
        typeof(UsageEventRequest), typeof(UsageEventsResponse), RunAsync) with
    {
        BodyMax = RequestBody.BatchBytesMax,
    };

    private static async Task RunAsync(ApiCall call)
    {
        var items = await UsageEventReader.ReadAsync(call.Context, Route.BodyMax);
        var caller = call.Caller();
        var results = new List<UsageEventResult>(items.Count);
        foreach (var some in items.Chunk(AtOnce))
        {
            // Handed over in order before any is awaited: that order is the lane's.
            var running = Array.ConvertAll(some, item => RunAsync(call, caller, item));
            results.AddRange(await Task.WhenAll(running));
        }
        await call.AnswerAsync(new()
        {
            Accepted = results.Count(result => result.Status == "accepted"),
            Duplicates = results.Count(result => result.Status == "duplicate"),
            Rejected = results.Count(result => result.Status == "rejected"),
            Results = results,
        }, ContractsJson.Default.UsageEventsResponse);
    }

    private static async Task<UsageEventResult> RunAsync(ApiCall call, Caller caller, UsageEventReader.Item item)
    {
        var known = new UsageEventResult { Status = "rejected", Id = item.Id, Source = item.Source ?? SourceDefault };
        try
        {
            var request = await MakeAsync(caller, item.Event ?? throw item.Fault!);
            request = request with { Steps = call.Follower.Follow(request.Chain) };
            var reply = await call.Ledger.ExecuteAsync(request, call.Cancel);
            return await Change.FollowAsync(call, request, reply) switch
            {
                Reply.Done done => Render(done, known),
                Reply.Refused refused => known with { Error = Problems.From(refused.Rejection, call.TraceId) },
                Reply.KeyMismatch => known with { Error = OtherContent(call) },
                var other => throw new UnreachableException(other.GetType().Name),
            };
        }
        catch (RequestException fault)
        {
            return known with { Error = Problems.From(fault, call.TraceId) };
        }
        catch (RejectionException unknown)
        {
            return known with { Error = Problems.From(unknown.Rejection, call.TraceId) };
        }
    }

    private static async ValueTask<LedgerRequest> MakeAsync(Caller caller, UsageEventRequest request)
    {
        var id = new UsageEventId(Name(request.Source ?? SourceDefault, "source"), Name(request.Id, "id"));
        request = request with
        {
            Source = id.Source, Charge = request.Charge ?? true, Usage = UsageForm.Canonical(request.Usage)!,
            Metadata = FreeText.Canonical(request.Metadata),
        };
        caller = caller with { Key = id.Key };
        var payer = await caller.Payers.FindAsync(caller, request.AccountId, request.LicenseKey);
        request = request with { LicenseKey = null };
        return new()
        {
            Chain = caller.ChainOf(payer.AccountId),
            AccountId = payer.AccountId,
            LicenseMoves = payer.LicenseMoves,
            Account = new AccountCommand.RecordUsage(id)
            {
                OccurredAt = request.OccurredAt?.ToInstant(), Demand = Demand.Of(UsageForm.Read(request.Usage)),
                IsCharged = request.Charge.Value,
                Spender = Spenders.Of(caller, payer, request.Metadata, request.Usage),
            },
            Origin = caller.OriginOf(Route, payer, request, ContractsJson.Default.UsageEventRequest) with
            {
                Labels = await Labels.OfAsync(caller, request.Metadata),
            },
            Text = FreeText.OfRequest(request.Description, request.Metadata, request.Usage.Raw),
        };
    }

    private static string Name(string text, string field) =>
        text.Length is > 0 and <= UsageEventId.LengthMax && !text.Any(char.IsControl)
            ? text
            : throw RequestException.Invalid(field, $"1-{UsageEventId.LengthMax} characters, no control characters");

    private static UsageEventResult Render(Reply.Done done, UsageEventResult known)
    {
        var entry = done.Entry.Entry;
        var body = (EntryBody.UsageRecorded)entry.Body;
        return known with
        {
            Status = done.Replayed ? "duplicate" : "accepted",
            TransactionId = ThingId.Format(ThingId.Transaction, entry.Chain, entry.Number),
            ChargeId = body.IsCharged ? ThingId.Format(ThingId.Charge, entry.Chain, entry.Number) : null,
            Amount = body.Amount.ToAmount(),
            Cost = Costs.Of(body.Priced, entry.Chain.Project),
            AvailableAfter = entry.AvailableAfter.ToAmount(),
        };
    }

    private static ProblemResponse OtherContent(ApiCall call) =>
        Problems.Of(
            422, ErrorCodes.IdempotencyMismatch, "An event of this source and id was recorded with other content.")
        with
        { TraceId = call.TraceId };
}
