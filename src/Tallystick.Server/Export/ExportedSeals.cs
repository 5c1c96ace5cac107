using System.Text.Json;

namespace Tallystick.Server.Export;

/// <summary>Finds the seals in an earlier export.</summary>
internal static class ExportedSeals
{
    /// <returns>Hashes (hexadecimal) by project and number.</returns>
    /// <exception cref="UsageException">The file is not an export.</exception>
    public static IReadOnlyDictionary<(int Project, long Number), string> Read(string path)
    {
        var seals = new Dictionary<(int, long), string>();
        var number = 0L;
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                number++;
                // Most lines are entries: they are not parsed.
                if (!line.StartsWith(JournalExport.SealLineStart, StringComparison.Ordinal)) continue;
                using var json = JsonDocument.Parse(line);
                var seal = json.RootElement;
                seals[(seal.GetProperty("project").GetInt32(), seal.GetProperty("number").GetInt64())] =
                    seal.GetProperty("hash").GetString()!;
            }
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new UsageException($"{path}, line {number}, is no seal of an export: {failure.Message}");
        }
        return seals.Count > 0 ? seals : throw new UsageException($"{path} has no seals: it is no whole export.");
    }
}
