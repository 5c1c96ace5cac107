using System.Data;
using Npgsql;

namespace Tallystick.Server.Import.Sources;

/// <summary>
/// Another system's database as it was at one instant: one read-only transaction, one snapshot for all tables, so that
/// it may be in use meanwhile. Rows come through cursors, a thousand at a time. One thread.
/// </summary>
internal sealed class SourceDatabase : IAsyncDisposable
{
    private const string Settings =
        "SET TRANSACTION READ ONLY; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; "
        + "SET LOCAL extra_float_digits = 1; SET LOCAL statement_timeout = 0";

    private const string FindColumns = """
        SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND a.attnum > 0 AND NOT a.attisdropped
        """;

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly string _schema;
    private int _cursors;

    private SourceDatabase(
        NpgsqlDataSource source, NpgsqlConnection connection, NpgsqlTransaction transaction, string schema) =>
        (_source, _connection, _transaction, _schema) = (source, connection, transaction, schema);

    /// <exception cref="ImportRefusedException">There is no such database, or it cannot be read.</exception>
    public static async Task<SourceDatabase> OpenAsync(string connection, string schema, CancellationToken cancel)
    {
        NpgsqlDataSource? source = null;
        try
        {
            source = NpgsqlDataSource.Create(connection);
            var opened = await source.OpenConnectionAsync(cancel);
            var transaction = await opened.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
            var database = new SourceDatabase(source, opened, transaction, schema);
            await database.ExecuteAsync(Settings, cancel);
            return database;
        }
        catch (Exception fault) when (fault is NpgsqlException or ArgumentException or TimeoutException)
        {
            if (source is not null) await source.DisposeAsync();
            // A connection string has a password in it: only what the driver says of the fault is passed on.
            throw new ImportRefusedException($"--from cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>The first table of these names that is there; null if none is.</summary>
    /// <exception cref="ImportRefusedException">A column that is needed is not there.</exception>
    public async Task<SourceTable?> TryFindAsync(
        string[] names, IReadOnlyList<SourceColumn> columns, CancellationToken cancel)
    {
        foreach (var name in names)
        {
            var found = await ColumnsAsync(name, cancel);
            if (found.Count == 0) continue;
            var known = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
            foreach (var column in columns)
            {
                var there = column.Others.Prepend(column.Name).FirstOrDefault(found.ContainsKey);
                if (there is not null) known[column.Name] = (there, found[there]);
                else if (!column.IsOptional) throw new ImportRefusedException(Missing(name, column));
            }
            return new(_schema, name, known);
        }
        return null;
    }

    /// <exception cref="ImportRefusedException">There is none of these names, or a column of it is missing.</exception>
    public async Task<SourceTable> FindAsync(
        string[] names, IReadOnlyList<SourceColumn> columns, CancellationToken cancel) =>
        await TryFindAsync(names, columns, cancel)
        ?? throw new ImportRefusedException($"--from has no table {_schema}.{string.Join($" or {_schema}.", names)}");

    /// <exception cref="ImportRefusedException">It may not be read, say.</exception>
    public async Task<SourceCursor> ReadAsync(SourceTable table, string select, CancellationToken cancel)
    {
        var name = $"tally_import_{++_cursors}";
        try
        {
            await ExecuteAsync($"DECLARE {name} NO SCROLL CURSOR FOR {select}", cancel);
        }
        catch (NpgsqlException fault)
        {
            throw new ImportRefusedException($"{table.Name} cannot be read: {fault.Message}", fault);
        }
        return new(this, table, name);
    }

    /// <exception cref="ImportRefusedException">It went away; what has come so far stays.</exception>
    internal async Task<List<SourceRow>> FetchAsync(
        SourceTable table, string cursor, int count, CancellationToken cancel)
    {
        try
        {
            var rows = new List<SourceRow>(count);
            await using var command = Command($"FETCH FORWARD {count} FROM {cursor}");
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                var values = new string?[reader.FieldCount];
                for (var i = 0; i < values.Length; i++) values[i] = reader.IsDBNull(i) ? null : reader.GetString(i);
                rows.Add(new(table, values));
            }
            return rows;
        }
        catch (NpgsqlException fault)
        {
            throw new ImportRefusedException($"{table.Name} cannot be read on: {fault.Message}. Run it again.", fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
        await _source.DisposeAsync();
    }

    private static string Missing(string table, SourceColumn column) => column.Others.Length == 0
        ? $"the table {table} has no column {column.Name}"
        : $"the table {table} has no column {column.Name} (nor {string.Join(", ", column.Others)})";

    private async Task<Dictionary<string, string>> ColumnsAsync(string table, CancellationToken cancel)
    {
        var columns = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var command = Command(FindColumns);
        command.Parameters.Add(new() { Value = _schema });
        command.Parameters.Add(new() { Value = table });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) columns[reader.GetString(0)] = reader.GetString(1);
        return columns;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancel)
    {
        await using var command = Command(sql);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private NpgsqlCommand Command(string sql) => new(sql, _connection, _transaction) { CommandTimeout = 0 };
}
