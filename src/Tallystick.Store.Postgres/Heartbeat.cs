using Npgsql;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres.Migrations;

namespace Tallystick.Store.Postgres;

/// <summary>
/// Asks the database once a second for its time, whether it takes writes, and whether its schema is still the one that
/// this program knows. So an outage is noticed, and its end, although nobody calls.
/// </summary>
internal sealed class Heartbeat(Connections connections, Outage outage, Action failed) : IAsyncDisposable
{
    private const string Sql =
        "SELECT clock_timestamp(), pg_is_in_recovery(), (SELECT max(number) FROM tallystick.migration)";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OutageInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(800);
    private readonly CancellationTokenSource _ending = new();
    private Task _running = Task.CompletedTask;
    private volatile bool _isSchemaNewer;

    public DatabaseClock Clock { get; } = new();

    /// <summary>Sets the clock before anybody asks for it, and goes on from there.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        // Of a few quick answers the clock keeps the quickest.
        for (var i = 0; i < 3; i++) await BeatAsync(cancel);
        _running = RunAsync();
    }

    public void RequireKnownSchema()
    {
        if (_isSchemaNewer) throw new StoreUnavailableException(
            "the schema is newer than this program: this node must be updated");
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            await Task.Delay(outage.IsOn ? OutageInterval : Interval, _ending.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
            deadline.CancelAfter(Patience);
            try
            {
                await BeatAsync(deadline.Token);
            }
            catch (Exception failure) when (PostgresFaults.IsFault(failure))
            {
                if (!_ending.IsCancellationRequested) failed();
            }
        }
    }

    private async Task BeatAsync(CancellationToken deadline)
    {
        var isInRecovery = await connections.RunAsync(BeatAsync, deadline);
        if (isInRecovery) failed(); else outage.End();
    }

    private async Task<bool> BeatAsync(NpgsqlConnection connection)
    {
        var asked = Clock.GetTimestamp();
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        await rows.ReadAsync();
        Clock.Set(new(rows.GetDateTime(0), TimeSpan.Zero), asked);
        _isSchemaNewer = rows.GetInt32(2) > Migrator.Newest;
        return rows.GetBoolean(1);
    }
}
