using Microsoft.Extensions.Hosting;

namespace Tallystick.Gateway.Calls;

/// <summary>
/// Lets calls end in good order: when the server is told to stop, those under way may go on for a while, then they are
/// cut off and settled by what they have come to.
/// </summary>
internal sealed class CallsUnderWay : IDisposable
{
    /// <summary>Less than the host waits for its connections, so that what is cut off is still settled.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenRegistration _told;

    public CallsUnderWay(IHostApplicationLifetime lifetime) =>
        _told = lifetime.ApplicationStopping.Register(() => _stopping.CancelAfter(Grace));

    public CancellationToken Stopping => _stopping.Token;

    public void Dispose()
    {
        _told.Dispose();
        _stopping.Dispose();
    }
}
