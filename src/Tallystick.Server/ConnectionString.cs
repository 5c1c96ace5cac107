using Npgsql;

namespace Tallystick.Server;

/// <summary>How a database is named.</summary>
internal static class ConnectionString
{
    /// <param name="where">The option or variable that it is from.</param>
    /// <returns>The same.</returns>
    /// <exception cref="UsageException">It is none. The message has nothing of it: it has a password.</exception>
    public static string Check(string connection, string where)
    {
        try
        {
            if (!string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(connection).Host)) return connection;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or NotSupportedException)
        {
            // What it says of the fault may quote the connection string.
        }
        throw new UsageException(
            $"{where} takes an Npgsql connection string, such as \"Host=db;Database=tally;Username=tally_node;"
            + "Password=...\", with a host, and no URL");
    }
}
