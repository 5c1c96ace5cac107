using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Ports;

namespace Tallystick.Testing;

/// <summary>Books that were last written, and sealed, so long ago.</summary>
public static class EarlierBooks
{
    /// <summary>Opens the default project in an empty store, seals it and closes the store.</summary>
    public static async Task WriteAsync(ILedgerStore store, TimeSpan ago)
    {
        var clock = LedgerClock.Test(Instant.From(TimeProvider.System.GetUtcNow() - ago));
        await using var ledger = new Ledger(store, clock, new(), NullLogger<Ledger>.Instance);
        var nobody = new byte[16].ToImmutableArray();
        await ledger.ExecuteAsync(
            new()
            {
                Chain = ChainKey.OfProject(1), Project = new ProjectCommand.OpenProject("default"),
                Origin = new(null, nobody, default, nobody),
            },
            CancellationToken.None);
    }
}
