using Npgsql;

namespace Tallystick.Store.Postgres;

/// <summary>
/// A bounded pool. Who finds it exhausted waits no longer than the call may take, and that is not taken for an outage.
/// Thread-safe.
/// </summary>
/// <param name="statementMax">How long a statement may take; null: what its transaction or the server says.</param>
internal sealed class Connections(PostgresStoreOptions options, string name, int count, TimeSpan? statementMax = null)
    : IAsyncDisposable, IDisposable
{
    private volatile Pool _pool = new(options, name, count, statementMax);

    public async ValueTask<Lease> RentAsync(CancellationToken deadline)
    {
        var pool = _pool;
        try
        {
            await pool.Free.WaitAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            throw new PoolExhaustedException();
        }
        var opening = pool.Source.OpenConnectionAsync(deadline).AsTask();
        try
        {
            return new(await opening.WaitAsync(deadline), pool.Free);
        }
        catch
        {
            _ = AbandonAsync(opening, pool.Free);
            throw;
        }
    }

    /// <summary>A connection that begins on a silent wire ends by the driver's own timeout, whoever has left.</summary>
    private static async Task AbandonAsync(Task<NpgsqlConnection> opening, SemaphoreSlim free)
    {
        try
        {
            await using (await opening) { }
        }
        catch (Exception failure) when (PostgresFaults.IsFault(failure))
        {
            // There is none.
        }
        free.Release();
    }

    /// <summary>Rents for one piece of work.</summary>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken deadline)
    {
        await using var lease = await RentAsync(deadline);
        return await lease.RunAsync(work, deadline);
    }

    /// <summary>
    /// Starts with new connections: those at hand are likely to be dead, and some may hang in a call for a while yet.
    /// </summary>
    public void Renew()
    {
        var old = Interlocked.Exchange(ref _pool, new(options, name, count, statementMax));
        _ = old.Source.DisposeAsync().AsTask();
    }

    public ValueTask DisposeAsync() => _pool.Source.DisposeAsync();
    public void Dispose() => _pool.Source.Dispose();

    private sealed class Pool(PostgresStoreOptions options, string name, int count, TimeSpan? statementMax)
    {
        /// <summary>
        /// Longer than any call waits, a seal included: nobody is there any more when the driver gives up.
        /// </summary>
        private static readonly TimeSpan HopelessAfter = TimeSpan.FromSeconds(30);

        public NpgsqlDataSource Source { get; } = options.CreateDataSource(
            name, count, HopelessAfter, statementMax);
        public SemaphoreSlim Free { get; } = new(count);
    }
}
