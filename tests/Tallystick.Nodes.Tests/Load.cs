using System.Collections.Concurrent;
using System.Diagnostics;
using Tallystick.Core.Journal;
using Tallystick.Engine;
using Tallystick.Engine.Ports;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>
/// Clients that charge one credit at a time, each with a key of its own, and write down what they were told. What was
/// not answered is unknown: at the end it is sent again until it is settled, and then the journal must have each key
/// once.
/// </summary>
internal sealed class Load(string[] accounts, Func<string, string, Task<Reply>> charge)
{
    private readonly ConcurrentDictionary<(string Account, string Key), byte[]> _acknowledged = new();
    private readonly ConcurrentDictionary<(string Account, string Key), bool> _unknown = new();
    private volatile bool _isEnding;
    private Task _clients = Task.CompletedTask;
    private long _slowestFault;

    public int Acknowledged => _acknowledged.Count;
    public int Faults { get; private set; }
    public TimeSpan SlowestFault => TimeSpan.FromTicks(Volatile.Read(ref _slowestFault));

    public static Load On(IReadOnlyList<TestNode> nodes, string[] accounts) =>
        new(accounts, (account, key) => nodes[Random.Shared.Next(nodes.Count)].ChargeAsync(account, 1, key));

    public void Start(int clients) => _clients = Task.WhenAll(Enumerable.Range(0, clients).Select(RunAsync));

    public async Task StopAsync()
    {
        _isEnding = true;
        await _clients;
        Faults = _unknown.Count;
    }

    /// <summary>Sends what is unknown again until it is known, and holds the journal against what was told.</summary>
    public async Task SettleAsync(string connection)
    {
        for (var began = Stopwatch.GetTimestamp(); !_unknown.IsEmpty;)
        {
            var left = _unknown.Count;
            await Parallel.ForEachAsync(_unknown.Keys, async (one, _) => await TryAsync(one.Account, one.Key));
            if (_unknown.Count < left) began = Stopwatch.GetTimestamp();
            Assert.True(
                Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30),
                $"what was unknown could not be settled: {_unknown.Count}");
        }
        var journal = Books.ReadKeys(connection);
        foreach (var ((account, key), hash) in _acknowledged)
        {
            Assert.True(journal.TryGetValue((TestNode.ChainOf(account), key), out var stored), $"{key} was lost");
            Assert.Equal(hash, stored);
        }
        var charged = journal.Keys.Count(one => one.Key.StartsWith("load-", StringComparison.Ordinal));
        Assert.Equal(_acknowledged.Count, charged);
        Books.Verify(connection);
    }

    private async Task RunAsync(int client)
    {
        for (var i = 0; !_isEnding; i++)
            if (!await TryAsync(accounts[Random.Shared.Next(accounts.Length)], $"load-{client}-{i}")) await Task.Delay(
                20);
    }

    private async Task<bool> TryAsync(string account, string key)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            var done = Assert.IsType<Reply.Done>(await charge(account, key));
            _acknowledged[(account, key)] = done.Entry.Hash;
            _unknown.TryRemove((account, key), out _);
            return true;
        }
        catch (Exception fault) when (fault is StoreUnavailableException or OverloadedException)
        {
            _unknown[(account, key)] = true;
            var took = (Stopwatch.GetElapsedTime(began) - Lateness.Since(began)).Ticks;
            if (took > Volatile.Read(ref _slowestFault)) Volatile.Write(ref _slowestFault, took);
            return false;
        }
    }
}
