using Tallystick.Core.Journal;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Ports;
using Tallystick.Store.Postgres;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>What must be true of the books at the end of every test.</summary>
internal static class Books
{
    /// <summary>Folds, decides and hashes everything again. Returns the digest.</summary>
    public static string Verify(string connection)
    {
        using var audit = PostgresAudit.Open(new() { Connection = connection });
        return Verify(audit);
    }

    public static string Verify(IStoreAudit audit)
    {
        var faults = new List<AuditFault>();
        var result = StoreVerifier.Run(audit, new() { FindAll = true }, faults.Add);
        Assert.Empty(faults);
        return result.Digest!;
    }

    /// <summary>
    /// The hash of the entry that claimed each key, in the whole journal; a key twice in one account fails.
    /// </summary>
    public static Dictionary<(ChainKey Chain, string Key), byte[]> ReadKeys(string connection)
    {
        using var audit = PostgresAudit.Open(new() { Connection = connection });
        var keys = new Dictionary<(ChainKey, string), byte[]>();
        foreach (var row in audit.ReadJournal(ChainRange.All))
            if (EntryCodec.Decode(row.Bytes).Origin?.Key is { } key) keys.Add((row.Chain, key), row.Hash);
        return keys;
    }
}
