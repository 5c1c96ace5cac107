namespace Tallystick.Testing;

/// <summary>C sources of this folder made into libraries that stand between a program and the system.</summary>
internal static class PreloadedLibrary
{
    /// <exception cref="InvalidOperationException">There is no C compiler.</exception>
    public static string Build(string source, string folder)
    {
        var library = Path.Combine(folder, Path.ChangeExtension(source, ".so"));
        try
        {
            Packages.Require("/usr/bin/gcc", "gcc");
            Packages.Require("/usr/include/stdio.h", "libc6-dev");
            Shell.Run(
                "gcc", "-shared", "-fPIC", "-o", library,
                RepositoryFile.PathOf($"tests/Tallystick.Testing/{source}"), "-ldl");
            return library;
        }
        catch (Exception fault) when (fault is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException($"Failing disks need a C compiler: {fault.Message}", fault);
        }
    }
}
