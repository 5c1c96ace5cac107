using System.Text.Json;

namespace Tallystick.Core.Tests;

/// <summary>Price tables and recorded figures of others, kept beside the repository in <c>../shared/data</c>.</summary>
internal static class SharedData
{
    public static JsonElement Read(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(PathOf(file)));
        return json.RootElement.Clone();
    }

    public static string PathOf(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", file);
            if (File.Exists(path)) return path;
        }
        throw new FileNotFoundException($"../shared/data/{file} is absent: this test compares with figures kept there");
    }
}
