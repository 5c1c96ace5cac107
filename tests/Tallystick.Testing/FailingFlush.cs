using System.Globalization;

namespace Tallystick.Testing;

/// <summary>
/// A library to be preloaded into a program, in which the k-th flush fails as on a disk that is dying. Needs a C
/// compiler, and says so where there is none.
/// </summary>
public sealed class FailingFlush : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tally-flush-").FullName;
    private readonly string _library;

    public FailingFlush() => _library = PreloadedLibrary.Build("failing-flush.c", _folder);

    /// <summary>The environment of a program whose flush of that number fails, counted from its start.</summary>
    public IReadOnlyDictionary<string, string> At(int flush) => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = _library,
        ["TALLY_TEST_FAILING_FLUSH"] = flush.ToString(CultureInfo.InvariantCulture),
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
