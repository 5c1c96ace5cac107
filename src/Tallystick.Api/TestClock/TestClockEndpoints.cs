using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.TestClock;

namespace Tallystick.Api.TestClock;

/// <summary>
/// The clock of a server that was started with <c>--test-clock</c>; elsewhere these routes do not exist.
/// </summary>
internal static class TestClockEndpoints
{
    public static readonly ApiRoute Get = ApiRoute.Get(
        Roles.Readers, "/api/v1/test-clock", "The test clock's time", typeof(ClockResponse), AnswerAsync) with
    {
        OnlyWithTestClock = true,
    };

    public static readonly ApiRoute Advance = ApiRoute.Post(
        Roles.Admins, "/api/v1/test-clock/advance",
        "Move the test clock forward; everything due on the way happens in order",
        typeof(AdvanceRequest), typeof(ClockResponse), async call =>
        {
            var request = await call.ReadAsync(ContractsJson.Default.AdvanceRequest);
            if (!await call.Ledger.AdvanceAsync(request.To.ToInstant(), call.Cancel))
                throw RequestException.Invalid("to", "earlier than the clock, which never moves backwards");
            await AnswerAsync(call);
        }) with
    {
        OnlyWithTestClock = true,
    };

    private static Task AnswerAsync(ApiCall call) =>
        call.AnswerAsync(new ClockResponse(call.Ledger.Clock.Now.ToTimestamp()), ContractsJson.Default.ClockResponse);
}
