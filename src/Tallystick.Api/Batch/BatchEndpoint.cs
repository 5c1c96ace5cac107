using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Contracts;
using Tallystick.Contracts.Batch;
using Tallystick.Contracts.Json;
using Tallystick.Engine;
using Tallystick.Engine.Ports;

namespace Tallystick.Api.Batch;

/// <summary>
/// <c>POST /api/v1/batch</c>: many operations in one request. Each stands alone, as if it had been sent alone; those on
/// one account are
/// decided in the order given.
/// </summary>
internal static class BatchEndpoint
{
    private const int OperationsMax = 10_000;

    /// <summary>Operations under way at a time: one batch must not fill the lanes' queues.</summary>
    private const int AtOnce = 1_000;

    /// <summary>Bytes of an answer beside its body.</summary>
    private const int AroundMax = 48;

    public static readonly ApiRoute Route = ApiRoute.Post(
        Roles.BackEnds, "/api/v1/batch",
        "Many operations at once, answered in order", typeof(BatchRequest), typeof(BatchResponse),
            RunAsync) with
    {
        BodyMax = RequestBody.BatchBytesMax,
    };

    private static async Task RunAsync(ApiCall call)
    {
        var operations = (await call.ReadAsync(ContractsJson.Default.BatchRequest)).Operations;
        if (operations.Count is 0 or > OperationsMax)
            throw RequestException.Invalid("operations", $"1 to {OperationsMax}");
        var caller = call.Caller();
        var answers = new List<Answer>(operations.Count);
        foreach (var some in operations.Chunk(AtOnce))
        {
            var asked = new Asked[some.Length];
            for (var i = 0; i < some.Length; i++) asked[i] = await MakeAsync(call, caller, some[i]);
            // Handed over in order before any is awaited: that order is the lane's.
            foreach (var one in asked) one.Start(call);
            foreach (var one in asked) answers.Add(await one.AnswerAsync(call));
        }
        await call.AnswerAsync(writer => Write(writer, answers), answers.Sum(answer => answer.Body.Length + AroundMax));
    }

    /// <summary>
    /// Reads an operation and finds the licence that it may name: nothing is changed before all are read.
    /// </summary>
    private static async ValueTask<Asked> MakeAsync(ApiCall call, Caller caller, JsonElement operation)
    {
        try
        {
            return new(await BatchOperation.MakeAsync(caller, operation));
        }
        catch (RequestException refused)
        {
            return new(Change.Of(Problems.From(refused, call.TraceId)));
        }
        catch (RejectionException refused)
        {
            return new(Change.Of(Problems.From(refused.Rejection, call.TraceId)));
        }
        catch (StoreUnavailableException)
        {
            return new(Unavailable(call));
        }
        catch (Exception bug) when (!ApiApp.HasLeft(call.Context, bug))
        {
            return new(Failed(call, bug));
        }
    }

    /// <summary>What the others have come to must be answered: they may be committed.</summary>
    private static Answer Failed(ApiCall call, Exception bug) => Change.Of(ApiApp.ReportBug(call.Context, bug));

    private static Answer Unavailable(ApiCall call) =>
        Fault(call, ErrorCodes.StoreUnavailable, "The store cannot do this now; send this operation again.");

    private static Answer Fault(ApiCall call, string code, string detail) =>
        Change.Of(Problems.Of(StatusCodes.Status503ServiceUnavailable, code, detail) with { TraceId = call.TraceId });

    private static void Write(Utf8JsonWriter writer, List<Answer> answers)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("results");
        foreach (var answer in answers)
        {
            writer.WriteStartObject();
            writer.WriteNumber("status", answer.Status);
            writer.WriteBoolean("replayed", answer.Replayed);
            writer.WritePropertyName("body");
            writer.WriteRawValue(answer.Body, skipInputValidation: true);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>One operation: refused already, or a change under way.</summary>
    private sealed class Asked
    {
        private readonly Change? _change;
        private Task<Reply>? _started;
        private readonly Answer _refused;

        public Asked(Change change) => _change = change;
        public Asked(Answer refused) => _refused = refused;

        public void Start(ApiCall call)
        {
            try
            {
                _started = _change?.Start(call);
            }
            catch (Exception fault)
            {
                // Told where it is awaited, as if it had come from the lane.
                _started = Task.FromException<Reply>(fault);
            }
        }

        public async ValueTask<Answer> AnswerAsync(ApiCall call)
        {
            if (_started is null) return _refused;
            try
            {
                return await _change!.AnswerAsync(call, await _started);
            }
            catch (OverloadedException)
            {
                return Fault(call, ErrorCodes.Overloaded, "Too much is waiting; send this operation again.");
            }
            catch (StoreUnavailableException)
            {
                return Unavailable(call);
            }
            catch (Exception bug) when (!ApiApp.HasLeft(call.Context, bug))
            {
                return Failed(call, bug);
            }
        }
    }
}
