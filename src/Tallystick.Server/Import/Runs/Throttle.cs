using Tallystick.Engine;

namespace Tallystick.Server.Import.Runs;

/// <summary>Keeps as much on its way as a lane takes, and waits where that is too much for the store.</summary>
internal sealed class Throttle : IDisposable
{
    private const int UnderWayMax = 4_096;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly SemaphoreSlim _room = new(UnderWayMax);

    /// <summary>Starts a request as soon as there is room; what is started first is decided first.</summary>
    public async Task<Task<Reply>> StartAsync(Func<Task<Reply>> ask, CancellationToken cancel)
    {
        await _room.WaitAsync(cancel);
        while (true)
        {
            try
            {
                return EndAsync(ask());
            }
            catch (OverloadedException)
            {
                await Task.Delay(Pause, cancel);
            }
        }
    }

    public void Dispose() => _room.Dispose();

    private async Task<Reply> EndAsync(Task<Reply> asked)
    {
        try
        {
            return await asked;
        }
        finally
        {
            _room.Release();
        }
    }
}
