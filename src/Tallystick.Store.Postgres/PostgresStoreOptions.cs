using Npgsql;

namespace Tallystick.Store.Postgres;

/// <summary>
/// Where a store is and how it behaves. Every fault is answered within two seconds: at worst a request waits for a turn
/// that reads in vain and commits in vain, and then for one that asks whether the database is back.
/// </summary>
public sealed record PostgresStoreOptions
{
    public const string RealClock = "real";
    public const string TestClock = "test";

    /// <summary>Of a session. A commit has some ten usual forms, by what is in it.</summary>
    private const int PreparedMax = 48;

    /// <summary>
    /// An Npgsql connection string. Several hosts are tried for the primary. Where it says no <c>Max Auto Prepare</c>,
    /// statements are kept prepared if there is no pooler between.
    /// </summary>
    public required string Connection { get; init; }

    /// <summary>
    /// <see cref="RealClock"/> or <see cref="TestClock"/>; a store remembers it and refuses the other.
    /// </summary>
    public string Clock { get; init; } = RealClock;

    /// <summary>
    /// Tells the nodes' pepper from others; a store remembers it and refuses the other. Null: not asked.
    /// </summary>
    public string? PepperCheck { get; init; }

    /// <summary>Serve although a crash of the database may lose what was acknowledged. For experiments.</summary>
    public bool AllowUnsafeDurability { get; init; }

    /// <summary>Bring the schema up to date when opening, if this role may.</summary>
    public bool Migrate { get; init; } = true;

    /// <summary>
    /// The role that nodes connect as: granted what it needs, which is not to change the journal. Only the owner
    /// grants.
    /// </summary>
    public string? ApplicationRole { get; init; }

    /// <summary>Connections that commit: one a lane, and some for what a lane does beside.</summary>
    public int Writers { get; init; } = 8;

    /// <summary>Connections that read, for anybody but the lanes.</summary>
    public int Readers { get; init; } = 16;

    /// <summary>
    /// Connections that read what a lane decides on: a turn does not wait for reports, however slow they are.
    /// </summary>
    public int LaneReaders { get; init; } = 4;

    /// <summary>How long one commit may take with all its retries.</summary>
    public TimeSpan CommitPatience { get; init; } = TimeSpan.FromMilliseconds(750);
    public TimeSpan ReadPatience { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>While the database does not answer: so long for the one call that asks again.</summary>
    public TimeSpan OutagePatience { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long to wait for a row that another transaction has locked.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>
    /// The same for a row that was locked a moment ago: others in the lane shall not wait for it again.
    /// </summary>
    public TimeSpan BriefLockPatience { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Called at named points of a write, for tests that fail there.</summary>
    public Func<string, ValueTask>? FaultPoint { get; init; }

    /// <summary>
    /// Connected to the server itself, so that what a session keeps is there the next time. A pooler gives each
    /// transaction another session, in which a name may stand for somebody else's statement.
    /// </summary>
    internal bool IsDirect { get; init; }

    /// <param name="commandTimeout">When the driver gives up a call by itself; zero: never.</param>
    /// <param name="statementMax">
    /// When the server gives up a statement, so that what nobody waits for any more keeps no place; null: as it is set.
    /// Not through a pooler, which gives a session to others.
    /// </param>
    internal NpgsqlDataSource CreateDataSource(
        string name, int connections, TimeSpan commandTimeout, TimeSpan? statementMax = null)
    {
        var builder = new NpgsqlDataSourceBuilder(Connection) { Name = name };
        var settings = builder.ConnectionStringBuilder;
        settings.ApplicationName ??= "tallystick";
        settings.MaxPoolSize = connections;
        // Who waits for a connection has a deadline of its own; a start may take longer.
        settings.Timeout = 10;
        settings.CommandTimeout = (int)commandTimeout.TotalSeconds;
        settings.CancellationTimeout = -1;
        // A socket of this machine's file system is not asked whether the other end is still there.
        if (settings.Host?.StartsWith('/') != true)
        {
            settings.TcpKeepAlive = true;
            settings.TcpKeepAliveTime = 5;
            settings.TcpKeepAliveInterval = 2;
        }
        // Nothing is kept in a session, so nothing needs resetting; a pooler shares its sessions.
        settings.NoResetOnClose = true;
        settings.Enlist = false;
        if (IsDirect && !settings.ShouldSerialize("Max Auto Prepare")) settings.MaxAutoPrepare = PreparedMax;
        if (IsDirect && statementMax is { } max)
            settings.Options = $"{settings.Options} -c statement_timeout={(int)max.TotalMilliseconds}".TrimStart();
        if (settings.Host?.Contains(',') != true) return builder.Build();
        return builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary);
    }
}
