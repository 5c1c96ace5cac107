using Tallystick.Engine.Limits;

namespace Tallystick.Store.Postgres;

public sealed partial class PostgresLedgerStore
{
    public async ValueTask<IReadOnlyList<RateLease>> LeaseAsync(
        IReadOnlyList<RateAsk> asks, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(_outage.Admit(_options.ReadPatience));
        try
        {
            var leases = await _limiters.RunAsync(connection => _rates.LeaseAsync(connection, asks), deadline.Token);
            _outage.End();
            return leases;
        }
        catch (Exception failure) when (PostgresFaults.IsFault(failure))
        {
            // A call that is merely slow says nothing about the database.
            if (failure is not OperationCanceledException && PostgresFaults.IsOutage(failure)) Note();
            throw PostgresFaults.Unavailable(failure);
        }
    }
}
