using Tallystick.Core.Journal;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Ports;
using Tallystick.Server.Tests.Books;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary>Books as the ledger writes them hold, whatever is in them.</summary>
public sealed class VerifyTests
{
    [Fact]
    public async Task Books_with_every_kind_of_entry_hold()
    {
        using var folder = await BookFolder.WithSampleAsync();

        var (result, faults) = folder.Verify();

        Assert.Empty(faults);
        Assert.Equal(0, result.Faults);
        Assert.Equal(4, result.Chains);
        Assert.Equal(3, result.Seals); // the ledger seals once more when it closes
        using var audit = folder.Audit();
        var rows = audit.ReadJournal(ChainRange.All).ToList();
        Assert.Equal(rows.Count, result.Entries);
        var seen = rows.Select(row => EntryCodec.Decode(row.Bytes).Body.GetType()).ToHashSet();
        Assert.Empty(SampleBooks.Bodies.Where(body => !seen.Contains(body)).Select(body => body.Name));
        Assert.Equal(result.Digest, StoreDigest.Compute(audit, null));
    }
}
