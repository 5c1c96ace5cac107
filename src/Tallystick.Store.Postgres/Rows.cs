using Npgsql;

namespace Tallystick.Store.Postgres;

internal static class Rows
{
    /// <summary>Runs one statement; what it returns.</summary>
    public static async Task<List<T>> ListAsync<T>(
        this NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        var list = new List<T>();
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) list.Add(read(rows));
        return list;
    }
}
