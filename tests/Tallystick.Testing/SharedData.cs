using System.Text.Json;

namespace Tallystick.Testing;

/// <summary>Real inputs and figures that nobody here made up: data that lies beside the repository.</summary>
public static class SharedData
{
    public const string Absent = "the folder shared/data with its oracles is not beside the repository";
    private static readonly string? Root = Find();

    public static bool IsPresent => Root is not null;

    /// <param name="path">From the folder of the data.</param>
    public static JsonElement Json(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root!, path)));
        return document.RootElement.Clone();
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var data = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(data)) return data;
        }
        return null;
    }
}
