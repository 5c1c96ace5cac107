using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Store.Sqlite.Migrations;

/// <summary>
/// Brings a file to the present schema, one transaction a migration, and refuses one that is not exactly what the
/// migrations make: then somebody else has been there, and a trigger may be missing.
/// </summary>
internal static class Migrator
{
    private const int ApplicationId = 0x54414C59; // "TALY"
    private const string TableSql = """
        CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)
        """;

    private sealed record Migration(int Number, string Name, string Sql)
    {
        public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
    }

    /// <returns>The names of the migrations that were applied.</returns>
    public static IReadOnlyList<string> Apply(SqliteConnection connection)
    {
        RefuseForeign(connection);
        var known = Load();
        var applied = Applied(connection);
        RefuseUnknown(known, applied);
        var missing = known.Skip(applied.Count).ToList();
        foreach (var migration in missing) Apply(connection, migration);
        if (Compare(connection) is { } difference) throw new StoreRefusedException(difference);
        return [.. missing.Select(migration => migration.Name)];
    }

    /// <summary>What differs from the present schema; null if nothing does.</summary>
    public static string? Compare(SqliteConnection connection)
    {
        var known = Load();
        var applied = Applied(connection);
        try
        {
            RefuseForeign(connection);
            RefuseUnknown(known, applied);
        }
        catch (StoreRefusedException refused)
        {
            return refused.Message;
        }
        if (applied.Count < known.Count) return $"migration {known[applied.Count].Name} has not been applied";
        using var model = new SqliteConnection(":memory:", Access.Write);
        foreach (var migration in known) Apply(model, migration);
        var (expected, actual) = (Schema(model), Schema(connection));
        foreach (var (name, sql) in expected)
        {
            if (!actual.TryGetValue(name, out var found)) return $"the schema lacks {name}";
            if (found != sql) return $"{name} is not as the migrations make it: {found}";
        }
        var strange = actual.Keys.FirstOrDefault(name => !expected.ContainsKey(name));
        return strange is null ? null : $"the schema has {strange}, which no migration makes";
    }

    private static void Apply(SqliteConnection connection, Migration migration)
    {
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            if (migration.Number == 1) connection.Execute(TableSql);
            connection.Execute(migration.Sql);
            using var insert = connection.Prepare("INSERT INTO migration (number, name, checksum) VALUES (?, ?, ?)");
            insert.Bind(1, migration.Number);
            insert.Bind(2, migration.Name);
            insert.Bind(3, migration.Checksum);
            insert.Run();
            connection.Execute("COMMIT");
        }
        catch (SqliteException failure)
        {
            if (connection.InTransaction) connection.Execute("ROLLBACK");
            throw new StoreRefusedException($"migration {migration.Name} failed: {failure.Message}", failure);
        }
    }

    private static void RefuseForeign(SqliteConnection connection)
    {
        var id = connection.ScalarInt("PRAGMA application_id") ?? 0;
        var isNew = id == 0 && connection.ScalarInt("SELECT count(*) FROM sqlite_schema") == 0;
        if (id != ApplicationId && !isNew) throw new StoreRefusedException("the file is not a Tallystick store");
    }

    private static void RefuseUnknown(List<Migration> known, List<(long Number, string Name, string Checksum)> applied)
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

    private static List<(long Number, string Name, string Checksum)> Applied(SqliteConnection connection)
    {
        var applied = new List<(long, string, string)>();
        if (connection.ScalarInt("SELECT count(*) FROM sqlite_schema WHERE name = 'migration'") == 0) return applied;
        using var select = connection.Prepare("SELECT number, name, checksum FROM migration ORDER BY number");
        while (select.Step()) applied.Add((select.Int(0), select.Text(1), select.Text(2)));
        return applied;
    }

    private static Dictionary<string, string> Schema(SqliteConnection connection)
    {
        var schema = new Dictionary<string, string>();
        using var select = connection.Prepare("SELECT type || ' ' || name, ifnull(sql, '') FROM sqlite_schema");
        while (select.Step()) schema.Add(select.Text(0), select.Text(1));
        return schema;
    }

    private static List<Migration> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var migrations = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.EndsWith("/up.sql")))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var name = resource[..^"/up.sql".Length];
            var number = int.Parse(name[..4], CultureInfo.InvariantCulture);
            migrations.Add(new(number, name, reader.ReadToEnd()));
        }
        return [.. migrations.OrderBy(migration => migration.Number)];
    }
}
