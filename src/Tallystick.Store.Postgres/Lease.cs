using Npgsql;

namespace Tallystick.Store.Postgres;

/// <summary>
/// A connection on loan. Work that is not done in time is left behind together with its connection: the driver cannot
/// let go of a silent wire at once (it first asks the server to cancel, on another silent wire), and its own timeout
/// ends that a little later. Used by one call at a time.
/// </summary>
internal sealed class Lease(NpgsqlConnection connection, SemaphoreSlim free) : IAsyncDisposable
{
    private Task _work = Task.CompletedTask;

    /// <exception cref="OperationCanceledException">
    /// It was not done in time; whether the server does it is unknown.
    /// </exception>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken deadline)
    {
        var running = work(connection);
        _work = running;
        return await running.WaitAsync(deadline);
    }

    /// <summary>Gives it back, in the background: what it left open is rolled back over the wire.</summary>
    public ValueTask DisposeAsync()
    {
        _ = ReturnAsync();
        return default;
    }

    private async Task ReturnAsync()
    {
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await connection.DisposeAsync();
        }
        catch (Exception failure) when (PostgresFaults.IsFault(failure))
        {
            // It was broken, and is closed.
        }
        free.Release();
    }
}
