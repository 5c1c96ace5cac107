using Npgsql;
using Tallystick.Core.Time;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Postgres;

public sealed partial class PostgresLedgerStore
{
    /// <summary>Sealing looks at every chain of the project: a second for some hundred thousand of them.</summary>
    private static readonly TimeSpan SealPatience = TimeSpan.FromSeconds(30);

    /// <summary>Null also where another node has just written the seal.</summary>
    public async ValueTask<Seal?> SealAsync(int project, Instant at, CancellationToken cancel)
    {
        _heartbeat.RequireKnownSchema();
        _outage.Admit(SealPatience);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(SealPatience);
        try
        {
            return await _writers.RunAsync(
                connection => SealTable.WriteAsync(connection, project, at, SealPatience), deadline.Token);
        }
        catch (PostgresException lost) when (
            PostgresFaults.OfCommit(lost, wasSent: true) is Outcome.Exists or Outcome.Retry)
        {
            return null;
        }
        catch (Exception failure) when (PostgresFaults.IsFault(failure) || failure is InvalidOperationException)
        {
            // Also where the connection has been closed between two statements. Whether it was stored does not matter:
            // the next one goes on from what there is.
            throw PostgresFaults.Unavailable(failure);
        }
    }

    public async ValueTask<Seal?> LastSealAsync(int project, CancellationToken cancel) =>
        await ReadAsync(connection => SealTable.LastAsync(connection, project), cancel);

    public async ValueTask<IReadOnlyList<SealSummary>> ListSealsAsync(
        int project, long before, int limit, CancellationToken cancel) =>
        await ReadAsync(connection => SealTable.ListAsync(connection, project, before, limit), cancel);
}
