using System.Globalization;
using Tallystick.Core.Journal;
using Tallystick.Engine;

namespace Tallystick.Gateway.Calls;

/// <summary>
/// The tries of calls with keys. One that came to nothing leaves its key free, though its hold is in the journal for
/// good: so each try has a key of its own, numbered without gaps, and the last of them says what became of the
/// client's. Thread-safe.
/// </summary>
internal sealed class KeyedTries(Ledger ledger)
{
    /// <param name="number">From 1, which is the client's key itself.</param>
    public static string KeyOf(string key, int number) => number == 1 ? key
        : Origin.OwnKey(string.Create(CultureInfo.InvariantCulture, $"call {number} {key}"));

    /// <summary>How many tries there were in an account, and the entry of the last one; null without any.</summary>
    public async ValueTask<(int Count, SealedEntry? Last)> FindAsync(
        int project, string accountId, string key, CancellationToken cancel)
    {
        if (await ledger.FindAccountAsync(project, accountId, cancel) is not { } account) return default;
        var journal = ledger.Journal(account.Key);
        if (await journal.FindKeyAsync(key, cancel) is not { } found) return default;
        var (tries, beyond) = (1, 2);
        for (; await LookAsync(beyond); beyond *= 2) tries = beyond;
        while (beyond - tries > 1)
        {
            var middle = tries + ((beyond - tries) / 2);
            if (await LookAsync(middle)) tries = middle;
            else beyond = middle;
        }
        return (tries, await ledger.EntryAsync(account.Key, found, cancel));

        async ValueTask<bool> LookAsync(int number)
        {
            if (await journal.FindKeyAsync(KeyOf(key, number), cancel) is not { } sequence) return false;
            found = sequence;
            return true;
        }
    }
}
