using Tallystick.Server.Measuring;
using Tallystick.Server.Replay;

namespace Tallystick.Server.Bench;

/// <summary>The accounts of a bench: opened, with more credits than all of it takes.</summary>
internal static class BenchAccounts
{
    private const int AtOnce = 64;

    public static Task OpenAsync(ServerProcess server, string key, int accounts, CancellationToken cancel) =>
        OpenAsync(server, key, 0, accounts, cancel);

    /// <summary>From the first number to the last, exclusive.</summary>
    public static async Task OpenAsync(ServerProcess server, string key, int first, int end, CancellationToken cancel)
    {
        using var ledger = new LedgerClient(() => server.Address, key, AtOnce, TimeProvider.System);
        await Parallel.ForEachAsync(
            Enumerable.Range(first, end - first),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce / 2, CancellationToken = cancel },
            async (number, token) =>
                await ledger.SendAsync(LedgerCalls.Account(ChargeScript.AccountId(number)), token));
        await new BatchLoad(server, key, end).GrantAsync(first, end, cancel);
    }
}
