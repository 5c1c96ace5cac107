using System.Globalization;
using System.Net.Http.Headers;
using Tallystick.Contracts;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Pricing;
using Tallystick.Gateway.Upstreams;

namespace Tallystick.Gateway.Calls;

/// <summary>
/// Sends a call upstream until somebody answers: the route's upstream as often as it may be tried, then its fallbacks.
/// Nothing is tried again once an answer has begun. One call each.
/// </summary>
internal sealed class Forwarder(UpstreamClient client, CallRequest request, TimeProvider time)
{
    private const int RefusalBytesMax = 64 << 10;
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50), PauseMax = TimeSpan.FromSeconds(2);

    private readonly List<Attempt> _attempts = [];

    public IReadOnlyList<Attempt> Attempts => _attempts;

    /// <param name="outputTokens">The bound to set where the balance does not cover the one asked for.</param>
    public async Task<Forwarded> RunAsync(
        IReadOnlyList<PricedRoute> routes, long? outputTokens, ICallAnswer answer, CancellationToken stopping)
    {
        Forwarded last = new Forwarded.Failed(Failure(502, "no upstream was tried"));
        foreach (var route in routes)
        {
            var pause = PauseMin;
            for (var left = route.Route.Upstream.Attempts; left > 0 && !answer.IsGone; left--)
            {
                var (result, mayTryAgain, wanted) = await TryAsync(route, outputTokens, answer, stopping);
                last = result;
                if (result is Forwarded.Answered or Forwarded.Refused) return result;
                if (stopping.IsCancellationRequested) return last;
                if (!mayTryAgain || left == 1) break;
                await Task.Delay(wanted ?? pause, time, stopping)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause *= 2;
            }
        }
        return last;
    }

    private async Task<(Forwarded Result, bool MayTryAgain, TimeSpan? Wanted)> TryAsync(
        PricedRoute route, long? outputTokens, ICallAnswer answer, CancellationToken stopping)
    {
        var upstream = route.Route.Upstream;
        var started = time.GetTimestamp();
        using var clock = new CancellationTokenSource(upstream.FirstByteTimeout, time);
        using var stop = stopping.UnsafeRegister(_ => clock.Cancel(), null);
        using var gone = answer.Gone.UnsafeRegister(_ => clock.CancelAfter(upstream.DrainTimeout), null);
        try
        {
            var response = await client.SendAsync(
                route.Route, request.Dialect, Edited(route, outputTokens), request.Headers, clock.Token);
            Note((int)response.StatusCode, null);
            if (response.IsSuccessStatusCode) return (new Forwarded.Answered(route, response), false, null);
            using (response) return await RefusedAsync(upstream, response, clock.Token);
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested)
        {
            Note(null, "timeout");
            var failure = Failure(504, "did not answer in time") with { Code = ErrorCodes.UpstreamTimeout };
            return (new Forwarded.Failed(failure), false, null);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            Note(null, (fault as HttpRequestException)?.HttpRequestError.ToString() ?? "broken");
            return (new Forwarded.Failed(Failure(502, "could not be reached")), true, null);
        }

        void Note(int? status, string? fault) => _attempts.Add(new(
            upstream.Name, route.Route.Model, status, fault, (long)time.GetElapsedTime(started).TotalMilliseconds));
    }

    private Wire.BodyEdits Edited(PricedRoute route, long? outputTokens) => request.Dialect.Rewrite(request.Body, new()
    {
        Model = route.Route.Model == request.Call.Model ? null : route.Route.Model,
        OutputTokensMax = outputTokens,
        OutputTokensField = route.Route.Upstream.MaxTokensField,
        ForceUsage = request.Call.IsStream && !request.Call.AsksForUsage && route.Route.Upstream.AsksForUsage,
    });

    /// <summary>
    /// What the provider says of the request itself is the client's to know. What it says of our key, our account with
    /// it or its own state is not: that becomes an error of the gateway.
    /// </summary>
    private async Task<(Forwarded, bool, TimeSpan?)> RefusedAsync(
        UpstreamConfig upstream, HttpResponseMessage response, CancellationToken cancel)
    {
        var status = (int)response.StatusCode;
        var wait = WaitOf(response.Headers.RetryAfter);
        switch (status)
        {
            case 400 or 404 or 409 or 413 or 415 or 422:
                var body = await ReadAsync(response, cancel);
                var type = response.Content.Headers.ContentType?.ToString() ?? "";
                if (body is null || !type.StartsWith("application/json", StringComparison.Ordinal)) break;
                var words = Scrubber.Scrub(body, upstream.Key);
                return (new Forwarded.Refused(status, "application/json", words), false, null);
            case 429:
                var limited = new GatewayError(429, ErrorCodes.RateLimited, "The provider takes no more of this now.");
                return (new Forwarded.Failed(limited) { RetryAfter = Seconds(wait) }, IsShort(wait), Wanted(wait));
            case 408 or 504:
                var late = Failure(504, "did not answer in time") with { Code = ErrorCodes.UpstreamTimeout };
                return (new Forwarded.Failed(late), true, Wanted(wait));
            default:
                break;
        }
        var failure = new Forwarded.Failed(Failure(502, $"answered {status}"));
        return (failure, status >= 500 && IsShort(wait), Wanted(wait));
    }

    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var buffer = new byte[RefusalBytesMax];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        return length == buffer.Length ? null : buffer[..length];
    }

    private static GatewayError Failure(int status, string what) =>
        new(status, ErrorCodes.UpstreamError, $"The provider {what}; nothing was charged.");

    /// <summary>In seconds or as a date; one that is past is no wait.</summary>
    private TimeSpan? WaitOf(RetryConditionHeaderValue? after)
    {
        var wait = after?.Delta ?? (after?.Date is { } date ? date - time.GetUtcNow() : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>A wait that is worth waiting for here; a longer one is the client's.</summary>
    private static bool IsShort(TimeSpan? wait) => wait is null || Wanted(wait) is not null;

    private static TimeSpan? Wanted(TimeSpan? wait) => wait <= PauseMax ? wait : null;

    private static string? Seconds(TimeSpan? wait) =>
        wait is { } delta ? ((long)Math.Ceiling(delta.TotalSeconds)).ToString(CultureInfo.InvariantCulture) : null;
}
