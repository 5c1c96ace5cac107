namespace Tallystick.Server.Tests.Replay;

/// <summary>Traces of real requests: data that lies beside the repository.</summary>
internal static class SharedTraces
{
    public const string Absent = "the folder shared/data with real traces is not beside the repository";
    private static readonly string? Root = Find();

    public static bool ArePresent => Root is not null;
    public static string Path(string file) => System.IO.Path.Combine(Root!, file);

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var traces = System.IO.Path.Combine(folder.FullName, "shared", "data", "traces");
            if (Directory.Exists(traces)) return traces;
        }
        return null;
    }
}
