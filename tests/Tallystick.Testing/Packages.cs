namespace Tallystick.Testing;

/// <summary>Programs and libraries of the system that tests stand on.</summary>
public static class Packages
{
    /// <summary>
    /// Installs Debian's package where the file is missing and this process may; else says what is needed.
    /// </summary>
    public static void Require(string file, string package)
    {
        if (File.Exists(file)) return;
        if (Shell.IsRoot && File.Exists("/usr/bin/apt-get"))
        {
            Shell.Run("apt-get", "update");
            Shell.Run("apt-get", "install", "-y", "--no-install-recommends", package);
        }
        if (!File.Exists(file)) throw new InvalidOperationException(
            $"These tests need {file}: apt-get install {package}");
    }
}
