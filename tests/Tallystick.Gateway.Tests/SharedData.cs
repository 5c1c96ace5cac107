using System.Text.Json;

namespace Tallystick.Gateway.Tests;

/// <summary>Recorded provider responses and what they should come to: data that lies beside the repository.</summary>
internal static class SharedData
{
    private static readonly string? Root = Find();

    public static bool IsPresent => Root is not null;
    public const string Absent = "the folder shared/data with recorded responses is not beside the repository";

    public static byte[] Bytes(string path) => File.ReadAllBytes(Path.Combine(Root!, path));
    public static JsonDocument Json(string path) => JsonDocument.Parse(Bytes(path));

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
