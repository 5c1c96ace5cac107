using Tallystick.Core.Time;

namespace Tallystick.Engine;

/// <summary>The ledger's time: the system's, or a test clock that stands still until it is told to move.</summary>
public sealed class LedgerClock(TimeProvider time)
{
    private long _testMicros;

    public static LedgerClock Test(Instant start) =>
        new(TimeProvider.System) { _testMicros = start.Micros, IsTest = true };
    public bool IsTest { get; private init; }
    public Instant Now => IsTest ? new(Interlocked.Read(ref _testMicros)) : Instant.From(time.GetUtcNow());

    /// <summary>
    /// Moves a test clock forward; false when that would be backwards. Called behind the lanes' barrier.
    /// </summary>
    public bool Advance(Instant to)
    {
        if (!IsTest) throw new InvalidOperationException("only a test clock can be moved");
        if (to < Now) return false;
        Interlocked.Exchange(ref _testMicros, to.Micros);
        return true;
    }
}
