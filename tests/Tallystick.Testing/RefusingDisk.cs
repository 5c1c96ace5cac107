using System.Globalization;

namespace Tallystick.Testing;

/// <summary>
/// A library to be preloaded into a server, with which the system takes none of its writes to the books as long as
/// that is wanted: as a disk that is full or read-only and then is not. Needs a C compiler, and says so where there is
/// none.
/// </summary>
public sealed class RefusingDisk : IDisposable
{
    public const int NoSpace = 28, ReadOnly = 30; // ENOSPC, EROFS

    private readonly string _folder = Directory.CreateTempSubdirectory("tally-refusing-").FullName;
    private readonly string _library;

    public RefusingDisk() => _library = PreloadedLibrary.Build("refusing-disk.c", _folder);

    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = _library, ["TALLY_TEST_REFUSAL"] = Refusal,
    };

    private string Refusal => Path.Combine(_folder, "refusal");

    /// <param name="error">What the system says from now on.</param>
    public void Refuse(int error)
    {
        // At once, and never half.
        File.WriteAllText(Refusal + ".new", error.ToString(CultureInfo.InvariantCulture));
        File.Move(Refusal + ".new", Refusal);
    }

    public void Heal() => File.Delete(Refusal);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
