using System.Diagnostics;
using System.Net.Sockets;
using Npgsql;

namespace Tallystick.Testing;

/// <summary>
/// Debian's transaction pooler in front of a cluster: after each transaction another session may be given.
/// </summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private readonly string _root;
    private readonly Process _process;
    private readonly int _port;

    private PgBouncer(string root, Process process, int port) => (_root, _process, _port) = (root, process, port);

    public static async Task<PgBouncer> StartAsync(int serverPort, int sessions = 4)
    {
        Packages.Require("/usr/sbin/pgbouncer", "pgbouncer");
        var (root, port) = (Shell.CreateFolder("tally-pgb-"), Shell.FreePort());
        var config = Path.Combine(root, "pgbouncer.ini");
        await File.WriteAllTextAsync(config, $"""
            [databases]
            * = host=127.0.0.1 port={serverPort} user=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = {sessions}
            max_client_conn = 500
            server_idle_timeout = 5
            logfile = {root}/log
            """);
        var bouncer = new PgBouncer(root, Shell.Watch("kill -TERM $p", "/usr/sbin/pgbouncer", "-q", config), port);
        await bouncer.WaitAsync();
        return bouncer;
    }

    /// <summary>The same database by way of the pooler.</summary>
    public string Through(string connection) =>
        new NpgsqlConnectionStringBuilder(connection) { Host = "127.0.0.1", Port = _port }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private async Task WaitAsync()
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(20))
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync("127.0.0.1", _port);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5)) { }
        }
    }
}
