using System.Globalization;

namespace Tallystick.Testing;

/// <summary>
/// A library to be preloaded into a program, in which the k-th flush fails as on a disk that is dying. Needs a C
/// compiler, and says so where there is none.
/// </summary>
public sealed class FailingFlush : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tally-flush-").FullName;

    public FailingFlush()
    {
        var source = RepositoryFile.PathOf("tests/Tallystick.Testing/failing-flush.c");
        try
        {
            Packages.Require("/usr/bin/gcc", "gcc");
            Packages.Require("/usr/include/stdio.h", "libc6-dev");
            Shell.Run("gcc", "-shared", "-fPIC", "-o", Library, source, "-ldl");
        }
        catch (Exception fault) when (fault is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException($"Failing flushes need a C compiler: {fault.Message}", fault);
        }
    }

    private string Library => Path.Combine(_folder, "failing-flush.so");

    /// <summary>The environment of a program whose flush of that number fails, counted from its start.</summary>
    public IReadOnlyDictionary<string, string> At(int flush) => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library,
        ["TALLY_TEST_FAILING_FLUSH"] = flush.ToString(CultureInfo.InvariantCulture),
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
