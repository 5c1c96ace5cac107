using Npgsql;

namespace Tallystick.Store.Postgres;

/// <summary>
/// A bounded pool. Who finds it exhausted waits no longer than the call may take, and that is not taken for an outage.
/// Thread-safe.
/// </summary>
internal sealed class Connections(PostgresStoreOptions options, string name, int count) : IAsyncDisposable, IDisposable
{
    private readonly NpgsqlDataSource _source = options.CreateDataSource(name, count);
    private readonly SemaphoreSlim _free = new(count);

    public async ValueTask<Lease> RentAsync(CancellationToken cancel)
    {
        try
        {
            await _free.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            throw new PoolExhaustedException();
        }
        try
        {
            return new(await _source.OpenConnectionAsync(cancel), _free);
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    /// <summary>Closes what is idle; what is in use is closed when it comes back.</summary>
    public void Clear() => _source.Clear();

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _free.Dispose();
    }

    public void Dispose()
    {
        _source.Dispose();
        _free.Dispose();
    }

    internal readonly struct Lease(NpgsqlConnection connection, SemaphoreSlim free) : IDisposable
    {
        public NpgsqlConnection Connection => connection;

        public void Dispose()
        {
            if (connection is null) return;
            connection.Dispose();
            free.Release();
        }
    }
}

/// <summary>The pool had no connection in time; the database knows nothing of it.</summary>
internal sealed class PoolExhaustedException() : TimeoutException("too many calls wait for a connection to PostgreSQL");
