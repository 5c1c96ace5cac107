using System.Collections.Immutable;
using System.Net.Sockets;
using Npgsql;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Postgres;

/// <summary>What came of a transaction that did not simply succeed.</summary>
internal enum Outcome
{
    /// <summary>The wire failed, or the server went away: it may have committed.</summary>
    Unknown,

    /// <summary>The server said that it rolled back, and the same again may succeed.</summary>
    Retry,

    /// <summary>A row is there already: another node was faster, or this one has committed before.</summary>
    Exists,

    /// <summary>Another transaction has locked a row for too long.</summary>
    Locked,

    /// <summary>The server said that it rolled back, and the same again would fail again.</summary>
    RolledBack,
}

/// <summary>Reads the codes that PostgreSQL gives. docs/operations.md lists what each means to people.</summary>
internal static class PostgresFaults
{
    private const string IdleInTransactionTimeout = "25P03";

    /// <summary>
    /// The driver may also have taken a broken connection apart while it was still being used.
    /// </summary>
    public static bool IsFault(Exception failure) => failure
        is NpgsqlException or OperationCanceledException or TimeoutException or SocketException or IOException
        or ObjectDisposedException;

    /// <param name="wasSent">False while the connection was still being made.</param>
    public static Outcome OfCommit(Exception failure, bool wasSent) => failure switch
    {
        // 57P01 may also end a wait for a standby after the commit: the server that says it is going is not believed.
        PostgresException { SqlState: var code } when IsGoing(code) || IsWire(code) =>
            wasSent ? Outcome.Unknown : Outcome.RolledBack,
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } => Outcome.Exists,
        // 25P03 has taken back a transaction that was held for too long: what it had locked was free since.
        PostgresException
        {
            SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
                or IdleInTransactionTimeout,
        } => Outcome.Retry,
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => Outcome.Locked,
        PostgresException => Outcome.RolledBack,
        _ => wasSent ? Outcome.Unknown : Outcome.RolledBack,
    };

    /// <summary>
    /// True when the connections at hand are likely to be dead or to lead to a server that is no longer the primary.
    /// </summary>
    public static bool IsOutage(Exception failure) => failure switch
    {
        PoolExhaustedException => false,
        PostgresException { SqlState: var code } => IsWire(code) || IsGoing(code)
            || code is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.TooManyConnections,
        _ => true,
    };

    public static StoreUnavailableException Unavailable(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } =>
            new("the account is locked by another transaction", failure) { IsPartial = true },
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } =>
            new("PostgreSQL did not answer in time", failure),
        PostgresException refused => new($"PostgreSQL refused: {refused.SqlState} {refused.MessageText}", failure),
        PoolExhaustedException => new(failure.Message, failure),
        OperationCanceledException or TimeoutException or { InnerException: TimeoutException } =>
            new("PostgreSQL did not answer in time", failure),
        _ => new($"PostgreSQL cannot be reached: {failure.Message}", failure),
    };

    /// <summary>The one case in which a batch is given up without knowing.</summary>
    public static StoreUnavailableException Undecided(Exception failure) => new(
        "PostgreSQL did not say whether it committed; the same request with its key will tell", failure);

    public static StoreUnavailableException Locked(ImmutableArray<ChainKey> chains, Exception failure) =>
        new("the account is locked by another transaction", failure) { Chains = chains, IsPartial = true };

    private static bool IsGoing(string code) => code.StartsWith("57P", StringComparison.Ordinal);
    private static bool IsWire(string code) => code.StartsWith("08", StringComparison.Ordinal);
}
