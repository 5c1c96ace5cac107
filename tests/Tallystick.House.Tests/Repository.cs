namespace Tallystick.House.Tests;

/// <summary>The files of this repository as they lie on disk, without what builds and runs leave behind.</summary>
internal static class Repository
{
    private static readonly string[] Leavings = ["bin", "obj", "node_modules", "data", "artifacts", "TestResults"];

    public static readonly string Root = FindRoot();
    public static readonly IReadOnlyList<string> Files = [.. Walk(Root).Order(StringComparer.Ordinal)];

    public static readonly IReadOnlyList<SourceFile> Sources =
        [.. Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal)).Select(SourceFile.Load)];

    public static IEnumerable<string> Documents =>
        Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal));

    /// <summary>Projects of <c>src/</c> by name.</summary>
    public static IEnumerable<string> Projects =>
        Files.Where(file => file.StartsWith("src/", StringComparison.Ordinal)
            && file.EndsWith(".csproj", StringComparison.Ordinal));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Tallystick.slnx"))) return folder;
        throw new DirectoryNotFoundException("no Tallystick.slnx above the tests");
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
            yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        foreach (var inner in Directory.EnumerateDirectories(folder))
        {
            var name = Path.GetFileName(inner);
            if (Leavings.Contains(name) || (name[0] == '.' && name != ".ci")) continue;
            foreach (var file in Walk(inner)) yield return file;
        }
    }
}
