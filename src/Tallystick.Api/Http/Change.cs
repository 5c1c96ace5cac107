using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Core;
using Tallystick.Core.Journal;
using Tallystick.Engine;

namespace Tallystick.Api.Http;

/// <summary>
/// One change, asked for by a request of its own or within a batch: what the ledger is to do, and how what comes of it
/// is answered.
/// </summary>
internal sealed class Change
{
    /// <summary>How often a licence may move while one request looks for it.</summary>
    private const int FollowsMax = 4;

    private readonly LedgerRequest _request;
    private readonly Func<Reply.Done, ValueTask<(int Status, byte[] Body)>> _done;
    private readonly Func<ChainState, ValueTask<byte[]>>? _unchanged;

    private Change(
        LedgerRequest request, Func<Reply.Done, ValueTask<(int, byte[])>> done,
        Func<ChainState, ValueTask<byte[]>>? unchanged) =>
        (_request, _done, _unchanged) = (request, done, unchanged);

    /// <param name="render">From the entry alone (with what never changes), so that a replay gives the same
    /// bytes.</param>
    public static Change Of<T>(
        LedgerRequest request, int status, JsonTypeInfo<T> type, Func<Reply.Done, T> render) =>
        new(request, done => new((status, JsonSerializer.SerializeToUtf8Bytes(render(done), type))), null);

    /// <summary>As the other, where the answer needs a second entry.</summary>
    public static Change Of<T>(
        LedgerRequest request, int status, JsonTypeInfo<T> type, Func<Reply.Done, ValueTask<T>> render) =>
        new(request, async done => (status, JsonSerializer.SerializeToUtf8Bytes(await render(done), type)), null);

    /// <summary>
    /// A change that is idempotent by nature: answered with the account or project as it is now; 201 where it is new.
    /// </summary>
    public static Change OfState<TState, T>(LedgerRequest request, JsonTypeInfo<T> type, Func<TState, T> render)
        where TState : ChainState =>
        OfState<TState, T>(request, type, state => new ValueTask<T>(render(state)));

    /// <summary>As the other, where the answer needs more than the state.</summary>
    public static Change OfState<TState, T>(
        LedgerRequest request, JsonTypeInfo<T> type, Func<TState, ValueTask<T>> render)
        where TState : ChainState
    {
        return new(
            request, async done => (done.First == 1 ? 201 : 200, await BytesAsync(done.State)), BytesAsync);

        async ValueTask<byte[]> BytesAsync(ChainState state) =>
            JsonSerializer.SerializeToUtf8Bytes(await render((TState)state), type);
    }

    /// <summary>Hands it to the ledger; the order in which that is done is the lane's.</summary>
    /// <exception cref="OverloadedException">Nothing was done.</exception>
    /// <exception cref="Engine.Ports.StoreUnavailableException">Nothing was done.</exception>
    public Task<Reply> Start(ApiCall call)
    {
        var steps = call.Follower.Follow(_request.Chain);
        var request = steps is null ? _request : _request with { Steps = steps };
        return call.Ledger.ExecuteAsync(request, CancellationToken.None);
    }

    /// <summary>What is answered to what <see cref="Start"/> has come to.</summary>
    public async ValueTask<Answer> AnswerAsync(ApiCall call, Reply reply)
    {
        switch (await FollowAsync(call, _request, reply))
        {
            case Reply.Done done:
                var (status, body) = await _done(done);
                return new(status, done.Replayed, body);
            case Reply.Unchanged same when _unchanged is not null:
                return new(200, false, await _unchanged(same.State));
            case var refused:
                return OfRefusal(refused, call.TraceId);
        }
    }

    /// <summary>The reply of the account in which the request's licence is by now.</summary>
    public static async ValueTask<Reply> FollowAsync(ApiCall call, LedgerRequest request, Reply reply)
    {
        for (var follows = 0; follows < FollowsMax && HasMoved(request, reply); follows++)
        {
            if (await call.Service<Payers>().FollowAsync(request, CancellationToken.None) is not { } next)
                return new Reply.Refused(new Rejection.LicenseInvalid(), null);
            reply = await call.Ledger.ExecuteAsync(request = next, CancellationToken.None);
        }
        return reply;
    }

    public static Answer OfRefusal(Reply reply, string traceId) => reply switch
    {
        Reply.Refused refused => Of(Problems.From(refused.Rejection, traceId)),
        Reply.KeyMismatch => Of(
            Problems.Of(422, ErrorCodes.IdempotencyMismatch, "This key has been used for a different request.") with
            {
                TraceId = traceId,
            }),
        _ => throw new UnreachableException(reply.GetType().Name),
    };

    /// <summary>The licence whose key came with the request is in another account by now.</summary>
    private static bool HasMoved(LedgerRequest request, Reply reply) =>
        reply is Reply.Refused { Rejection: Rejection.LicenseMoved }
        && request.Origin is { License.IsNone: false };

    public static Answer Of(ProblemResponse problem) =>
        new(problem.Status, false, JsonSerializer.SerializeToUtf8Bytes(problem, ContractsJson.Default.ProblemResponse));
}
