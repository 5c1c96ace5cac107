namespace Tallystick.Store.Postgres;

/// <summary>The pool had no connection in time; the database knows nothing of it.</summary>
internal sealed class PoolExhaustedException() : TimeoutException("too many calls wait for a connection to PostgreSQL");
