using System.Net.Http.Headers;
using Tallystick.Engine.Ports;

namespace Tallystick.Server.Replay;

/// <summary>
/// Sends a request until it is answered: what was cut off, timed out or met a 503 is sent again as it was, with the
/// same key, as every caller of the API should.
/// </summary>
internal sealed class LedgerClient : IDisposable
{
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(10), PauseMax = TimeSpan.FromSeconds(1);

    private readonly Func<Uri> _address;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private long _sentAgain;

    /// <param name="address">Asked for every try: a server that was started again may be elsewhere.</param>
    public LedgerClient(Func<Uri> address, string key, int connections, TimeProvider time)
    {
        (_address, _time) = (address, time);
        var handler = new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseProxy = false };
        _http = new(handler) { Timeout = OneTry };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>How often a request had to be sent again.</summary>
    public long SentAgain => Interlocked.Read(ref _sentAgain);

    /// <exception cref="StoreUnavailableException">No answer within a minute.</exception>
    public async Task<LedgerAnswer> SendAsync(LedgerCall call, CancellationToken cancel)
    {
        var started = _time.GetTimestamp();
        for (var pause = PauseFirst; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            string fault;
            try
            {
                var (status, body) = await TryAsync(call, cancel);
                if (status != StatusCodes.Status503ServiceUnavailable)
                    return new(status, body, _time.GetElapsedTime(started));
                fault = "the server answers 503";
            }
            catch (Exception cut) when (!cancel.IsCancellationRequested
                && cut is HttpRequestException or IOException or OperationCanceledException)
            {
                fault = cut.Message;
            }
            if (_time.GetElapsedTime(started) > Patience)
                throw new StoreUnavailableException(
                    $"{_address()} has not answered {call.Method} {call.Path} for a minute: {fault}");
            Interlocked.Increment(ref _sentAgain);
            await Task.Delay(pause, _time, cancel);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<(int Status, byte[] Body)> TryAsync(LedgerCall call, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(call.Method, new Uri(_address(), call.Path));
        if (call.Key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", call.Key);
        if (call.Body is not null)
        {
            request.Content = new ByteArrayContent(call.Body);
            request.Content.Headers.ContentType = new("application/json");
        }
        using var response = await _http.SendAsync(request, cancel);
        return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancel));
    }
}
