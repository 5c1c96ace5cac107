using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Tallystick.Engine.Ports;

namespace Tallystick.Store.Postgres.Migrations;

/// <summary>
/// Brings a database to the present schema: in one transaction and under an advisory lock that ends with it, so that of
/// many nodes that start together one migrates, also behind a transaction pooler. Refuses a schema that is not exactly
/// what the migrations make.
/// </summary>
internal static class Migrator
{
    private const long LockKey = 0x54414C4C59; // "TALLY"
    private const string TableSql = """
        CREATE SCHEMA IF NOT EXISTS tallystick;
        CREATE TABLE tallystick.migration (number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL);
        """;

    // By a query and not by name: a session that waited for the lock may still remember that there was no such name.
    private const string ExistsSql = """
        SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'tallystick' AND c.relname = 'migration'
        """;

    private const string SchemaSql = """
        SELECT line FROM (
            SELECT format('%s.%s %s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                CASE WHEN a.attnotnull THEN ' not null' ELSE '' END) AS line
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = to_regnamespace('tallystick') AND c.relkind IN ('r', 'p')
                AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL
            SELECT pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid THEN '' ELSE ' invalid' END
            FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
            WHERE c.relnamespace = to_regnamespace('tallystick')
            UNION ALL
            SELECT pg_get_triggerdef(t.oid) || CASE t.tgenabled WHEN 'O' THEN '' ELSE ' disabled' END
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE c.relnamespace = to_regnamespace('tallystick') AND NOT t.tgisinternal
            UNION ALL
            SELECT format('FUNCTION %s(%s) %s %s', p.proname, pg_get_function_identity_arguments(p.oid), l.lanname,
                btrim(regexp_replace(p.prosrc, '\s+', ' ', 'g')))
            FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
            WHERE p.pronamespace = to_regnamespace('tallystick')
        ) lines ORDER BY line COLLATE "C"
        """;

    private const string GrantSql = """
        GRANT USAGE ON SCHEMA tallystick TO $ROLE;
        GRANT SELECT ON ALL TABLES IN SCHEMA tallystick TO $ROLE;
        GRANT INSERT ON tallystick.journal, tallystick.entry_text, tallystick.chain, tallystick.chain_state,
            tallystick.record, tallystick.checkpoint, tallystick.account, tallystick.seal, tallystick.sealed_head,
            tallystick.meta, tallystick.rollup, tallystick.account_rollup, tallystick.rollup_tail,
            tallystick.rollup_due, tallystick.rate, tallystick.account_epochs TO $ROLE;
        GRANT UPDATE ON tallystick.chain, tallystick.chain_state, tallystick.record, tallystick.checkpoint,
            tallystick.sealed_head, tallystick.rollup, tallystick.rate, tallystick.account_rollup,
            tallystick.account_epochs, tallystick.rollup_backlog TO $ROLE;
        GRANT DELETE ON tallystick.entry_text, tallystick.rollup_tail, tallystick.rollup_due,
            tallystick.rate, tallystick.rollup_backlog TO $ROLE;
        """;

    private sealed record Migration(int Number, string Name, string Sql)
    {
        public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
    }

    /// <summary>The greatest migration that this program knows.</summary>
    public static int Newest => Load()[^1].Number;

    /// <summary>Migrates if need be, and grants what a node needs to the application's role if one is named.</summary>
    /// <returns>The names of the migrations that this call applied.</returns>
    public static async Task<IReadOnlyList<string>> ApplyAsync(
        NpgsqlConnection connection, string? applicationRole, CancellationToken cancel)
    {
        var known = Load();
        var applied = await AppliedAsync(connection, cancel);
        RefuseUnknown(known, applied);
        IReadOnlyList<string> names = [];
        if (applied.Count < known.Count || applicationRole is not null)
            names = await MigrateAsync(connection, known, applicationRole, cancel);
        if (await CompareAsync(connection, cancel) is { } difference) throw new StoreRefusedException(difference);
        return names;
    }

    /// <summary>What differs from the present schema; null if nothing does.</summary>
    public static async Task<string?> CompareAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var known = Load();
        var applied = await AppliedAsync(connection, cancel);
        try
        {
            RefuseUnknown(known, applied);
        }
        catch (StoreRefusedException refused)
        {
            return refused.Message;
        }
        if (applied.Count < known.Count) return $"migration {known[applied.Count].Name} has not been applied";
        var (expected, actual) = (Expected(), await SchemaAsync(connection, cancel));
        if (expected.Except(actual).FirstOrDefault() is { } lost)
            return $"the schema lacks: {lost}";
        return actual.Except(expected).FirstOrDefault() is { } strange ? $"no migration makes: {strange}" : null;
    }

    /// <summary>What the migrations make; a test holds it against them.</summary>
    public static List<string> Expected() =>
        [.. Resource("schema.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Columns, indexes, triggers and functions, one a line, in order.</summary>
    public static async Task<List<string>> SchemaAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var lines = new List<string>();
        await using var select = new NpgsqlCommand(SchemaSql, connection);
        await using var rows = await select.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel)) lines.Add(rows.GetString(0));
        return lines;
    }

    private static async Task<IReadOnlyList<string>> MigrateAsync(
        NpgsqlConnection connection, List<Migration> known, string? role, CancellationToken cancel)
    {
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await ExecuteAsync(
                connection,
                $"SELECT pg_advisory_xact_lock({LockKey}), set_config('synchronous_commit', 'on', true)",
                cancel);
            // Another node may have been faster while this one waited.
            var applied = await AppliedAsync(connection, cancel);
            RefuseUnknown(known, applied);
            if (applied.Count == 0) await ExecuteAsync(connection, TableSql, cancel);
            foreach (var migration in known.Skip(applied.Count)) await ApplyAsync(connection, migration, cancel);
            if (role is not null)
            {
                var quoted = new NpgsqlCommandBuilder().QuoteIdentifier(role);
                await ExecuteAsync(connection, GrantSql.Replace("$ROLE", quoted, StringComparison.Ordinal), cancel);
            }
            await transaction.CommitAsync(cancel);
            return [.. known.Skip(applied.Count).Select(migration => migration.Name)];
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new StoreRefusedException(
                $"this role may not migrate the database ({refused.MessageText}): run tally migrate as the owner",
                refused);
        }
        catch (PostgresException failed)
        {
            throw new StoreRefusedException(
                $"the migration failed and has left nothing behind: {failed.MessageText}", failed);
        }
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancel)
    {
        await ExecuteAsync(connection, migration.Sql, cancel);
        await using var insert = new NpgsqlCommand("INSERT INTO tallystick.migration VALUES ($1, $2, $3)", connection)
        {
            Parameters =
            {
                new() { Value = migration.Number },
                new() { Value = migration.Name },
                new() { Value = migration.Checksum },
            },
        };
        await insert.ExecuteNonQueryAsync(cancel);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static void RefuseUnknown(List<Migration> known, List<(int Number, string Name, string Checksum)> applied)
    {
        for (var i = 0; i < applied.Count; i++)
        {
            if (i >= known.Count)
                throw new StoreRefusedException(
                    $"the store is newer than this program: it has migration {applied[i].Name}");
            if (applied[i] != (known[i].Number, known[i].Name, known[i].Checksum))
                throw new StoreRefusedException($"migration {applied[i].Name} is not the one that this program knows");
        }
    }

    private static async Task<List<(int Number, string Name, string Checksum)>> AppliedAsync(
        NpgsqlConnection connection, CancellationToken cancel)
    {
        var applied = new List<(int, string, string)>();
        await using (var exists = new NpgsqlCommand(ExistsSql, connection))
            if (await exists.ExecuteScalarAsync(cancel) is null) return applied;
        await using var select = new NpgsqlCommand(
            "SELECT number, name, checksum FROM tallystick.migration ORDER BY number", connection);
        await using var rows = await select.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel)) applied.Add((rows.GetInt32(0), rows.GetString(1), rows.GetString(2)));
        return applied;
    }

    private static List<Migration> Load()
    {
        var migrations = new List<Migration>();
        foreach (var resource in Assembly.GetExecutingAssembly().GetManifestResourceNames())
        {
            if (!resource.EndsWith("/up.sql", StringComparison.Ordinal)) continue;
            var name = resource[..^"/up.sql".Length];
            migrations.Add(new(int.Parse(name[..4], CultureInfo.InvariantCulture), name, Resource(resource)));
        }
        return [.. migrations.OrderBy(migration => migration.Number)];
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
