namespace Tallystick.Testing;

/// <summary>A file of the repository that a test is about.</summary>
public static class RepositoryFile
{
    public static string Read(string path) => File.ReadAllText(PathOf(path));

    /// <summary>Where it is, or where it would be.</summary>
    public static string PathOf(string path)
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Tallystick.slnx"))) return Path.Combine(folder, path);
        throw new DirectoryNotFoundException("no Tallystick.slnx above the tests");
    }
}
