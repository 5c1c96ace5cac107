using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Tallystick.Testing;

/// <summary>
/// A real PostgreSQL, with the settings that a production server has: the one that <c>TALLY_TEST_POSTGRES</c> names
/// (its role must be allowed to create databases), or one of our own in a temporary folder on a free port of the
/// loopback. Installs Debian's packages where there are none. Its own server stops with this process, however that
/// ends.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private static int s_databases;
    private readonly string _root;
    private readonly string _bin;
    private readonly Process? _watch;
    private readonly string? _given;

    private PostgresCluster(string root, string bin, Process? watch, string? given) =>
        (_root, _bin, _watch, _given) = (root, bin, watch, given);

    public int Port { get; } = Shell.FreePort();
    private string Data => Path.Combine(_root, "data");

    /// <summary>The given server, or a new one.</summary>
    public static Task<PostgresCluster> StartAsync() =>
        Environment.GetEnvironmentVariable("TALLY_TEST_POSTGRES") is { Length: > 0 } given
            ? Task.FromResult(new PostgresCluster("", "", null, given))
            : StartOwnAsync();

    /// <summary>A server of our own in any case: one that may be killed.</summary>
    /// <param name="settings">Lines of its configuration besides the usual.</param>
    public static Task<PostgresCluster> StartOwnAsync(params string[] settings) =>
        StartInAsync(Shell.CreateFolder("tally-pg-"), settings);

    /// <summary>On a disk whose power can be cut.</summary>
    public static async Task<PostgresCluster> StartOnAsync(CuttableDisk disk)
    {
        var cluster = await StartInAsync(Shell.CreateFolder("pg-", disk.Path));
        // What initdb wrote is not what is tried.
        Shell.Run("sync", "-f", disk.Path);
        return cluster;
    }

    private static async Task<PostgresCluster> StartInAsync(string root, params string[] settings)
    {
        var bin = FindPrograms();
        var data = Path.Combine(root, "data");
        Shell.Run(Shell.Drop(Path.Combine(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--data-checksums", "--no-sync", "--no-instructions"));
        var cluster = new PostgresCluster(root, bin, Guard(root), null);
        cluster.Configure([
            "listen_addresses = '127.0.0.1'", $"unix_socket_directories = '{root}'", "max_connections = 200",
            "shared_buffers = 64MB", "logging_collector = off", .. settings]);
        await cluster.StartServerAsync();
        return cluster;
    }

    /// <summary>
    /// A copy that follows this one and, where it is synchronous, confirms each commit before it is acknowledged.
    /// </summary>
    public async Task<PostgresCluster> AddStandbyAsync(bool isSynchronous = true)
    {
        var root = Shell.CreateFolder("tally-pg-");
        var data = Path.Combine(root, "data");
        Shell.Run(Shell.Drop(Path.Combine(_bin, "pg_basebackup"), "-h", "127.0.0.1", "-p", $"{Port}", "-U", "postgres",
            "-D", data, "-R", "-X", "stream", "--checkpoint=fast", "--no-sync"));
        var standby = new PostgresCluster(root, _bin, Guard(root), null);
        standby.Configure([$"unix_socket_directories = '{root}'", "synchronous_standby_names = ''"]);
        await standby.StartServerAsync();
        if (!isSynchronous) return standby;
        Configure(["synchronous_standby_names = '*'"]);
        Shell.Run(Shell.Drop(Path.Combine(_bin, "pg_ctl"), "reload", "-D", Data));
        return standby;
    }

    /// <summary>A connection string to one of the cluster's databases.</summary>
    public string Connection(string database) => _given is null
        ? $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database}"
        : new NpgsqlConnectionStringBuilder(_given) { Database = database }.ConnectionString;

    /// <summary>The same of a server of our own, over its socket in the file system.</summary>
    public string SocketConnection(string database) =>
        $"Host={_root};Port={Port};Username=postgres;Database={database}";

    /// <summary>Where a connection string of this cluster leads, for what stands in between.</summary>
    public static int PortOf(string connection) => new NpgsqlConnectionStringBuilder(connection).Port;

    /// <summary>An empty database of its own.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(
            CultureInfo.InvariantCulture, $"tally_{Environment.ProcessId}_{Interlocked.Increment(ref s_databases)}");
        await ExecuteAsync(_given ?? Connection("postgres"), $"CREATE DATABASE {name} TEMPLATE template0");
        return Connection(name);
    }

    /// <summary>
    /// What <c>pg_dump</c> takes of a database's schema beside whoever writes to it, restored into one of its own.
    /// </summary>
    public async Task<string> DumpAndRestoreAsync(string connection)
    {
        var (copy, dump) = (await CreateDatabaseAsync(), Path.Combine(_root, Guid.NewGuid().ToString("N")));
        Shell.Run(Shell.Drop(
            [Path.Combine(_bin, "pg_dump"), .. AddressOf(connection), "-Fc", "-n", "tallystick", "-f", dump]));
        Shell.Run(Shell.Drop([Path.Combine(_bin, "pg_restore"), .. AddressOf(copy), dump]));
        return copy;
    }

    public static async Task ExecuteAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create($"{connection};Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>All that a dump of one of its databases says.</summary>
    public string Dump(string connection)
    {
        var to = new NpgsqlConnectionStringBuilder(connection);
        return Shell.Run(
            Path.Combine(_bin, "pg_dump"), "-h", to.Host!, "-p", $"{to.Port}", "-U", to.Username!, to.Database!);
    }

    /// <summary>Makes a standby receive nothing more; it has all that was committed before.</summary>
    public async Task StopReceivingAsync(string connection, PostgresCluster primary)
    {
        await using var source = NpgsqlDataSource.Create($"{connection};Pooling=false");
        await using var ahead = NpgsqlDataSource.Create(
            $"{primary.Connection(new NpgsqlConnectionStringBuilder(connection).Database!)};Pooling=false");
        var last = await ahead.CreateCommand("SELECT pg_current_wal_lsn()::text").ExecuteScalarAsync();
        while (true.Equals(await source.CreateCommand(
            $"SELECT pg_last_wal_replay_lsn() < '{last}'::pg_lsn").ExecuteScalarAsync())) await Task.Delay(20);
        await source.CreateCommand("ALTER SYSTEM SET primary_conninfo = ''").ExecuteNonQueryAsync();
        await source.CreateCommand("SELECT pg_reload_conf()").ExecuteNonQueryAsync();
        while (true.Equals(await source.CreateCommand(
            "SELECT EXISTS (SELECT FROM pg_stat_wal_receiver)").ExecuteScalarAsync())) await Task.Delay(20);
    }

    /// <summary>Kills the postmaster and leaves its backends to find out.</summary>
    public void KillPostmaster() =>
        Shell.Run("kill", "-9", File.ReadLines(Path.Combine(Data, "postmaster.pid")).First());

    /// <summary>Cuts the power of the disk that it is on, and starts it on what is left there.</summary>
    public async Task CutPowerAsync(CuttableDisk disk)
    {
        disk.Cut();
        await disk.PowerOnAsync();
        await StartServerAsync();
    }

    /// <param name="mode"><c>fast</c> or <c>immediate</c>.</param>
    public void Stop(string mode) =>
        Shell.Run(Shell.Drop(Path.Combine(_bin, "pg_ctl"), "stop", "-w", "-D", Data, "-m", mode));

    public void Promote() => Shell.Run(Shell.Drop(Path.Combine(_bin, "pg_ctl"), "promote", "-w", "-D", Data));

    /// <summary>Starts; after a kill it is refused until the last backend has gone, so tried again.</summary>
    public async Task StartServerAsync()
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(200))
        {
            try
            {
                Shell.Run(Shell.Drop(Path.Combine(_bin, "pg_ctl"), "start", "-w", "-s", "-D", Data, "-l", Path.Combine(
                    _root, "log"),
                    "-o", $"-p {Port}"));
                return;
            }
            catch (InvalidOperationException) when (Stopwatch.GetElapsedTime(began) < StartPatience) { }
        }
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_watch is null) return;
        _watch.StandardInput.Close();
        await _watch.WaitForExitAsync();
        _watch.Dispose();
        if (Directory.Exists(_root)) Directory.Delete(_root, recursive: true);
    }

    private static string[] AddressOf(string connection)
    {
        var at = new NpgsqlConnectionStringBuilder(connection);
        return ["-h", at.Host!, "-p", $"{at.Port}", "-U", at.Username!, "-d", at.Database!];
    }

    private void Configure(IEnumerable<string> lines) =>
        File.AppendAllLines(Path.Combine(Data, "postgresql.auto.conf"), lines);

    /// <summary>Stops whatever server then runs in the folder, and removes what it may.</summary>
    private static Process Guard(string root) => Shell.Watch(
        $"kill -INT $(head -n 1 {root}/data/postmaster.pid) 2>/dev/null; "
        + $"for i in $(seq 100); do test -e {root}/data/postmaster.pid || break; sleep 0.05; done; rm -rf {root}/data",
        "true");

    private static string FindPrograms()
    {
        if (Find() is { } found) return found;
        if (Shell.IsRoot && File.Exists("/usr/bin/apt-get"))
        {
            Shell.Run("apt-get", "update");
            Shell.Run("apt-get", "install", "-y", "--no-install-recommends", "postgresql");
        }
        return Find() ?? throw new InvalidOperationException(
            "These tests need a PostgreSQL server: apt-get install postgresql, or set PG_BIN or TALLY_TEST_POSTGRES");

        static string? Find()
        {
            var installed = Directory.Exists("/usr/lib/postgresql")
                ? Directory.GetDirectories("/usr/lib/postgresql")
                    .OrderByDescending(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture))
                    .Select(folder => Path.Combine(folder, "bin"))
                : [];
            return new[] { Environment.GetEnvironmentVariable("PG_BIN") ?? "" }.Concat(installed)
                .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
        }
    }
}
