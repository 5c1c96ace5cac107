using System.Security.Cryptography;

namespace Tallystick.Server;

/// <summary>
/// The secret under which keys are hashed: 32 bytes in a file of its own beside the store, readable by its owner only,
/// so that the database alone says nothing about any key. Losing it makes every key invalid.
/// </summary>
internal static class Pepper
{
    private const string FileName = "tally.pepper";
    private const int Size = 32;

    public static byte[] LoadOrCreate(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path))
        {
            var bytes = File.ReadAllBytes(path);
            return bytes.Length == Size ? bytes : throw new InvalidDataException($"{path} must hold {Size} bytes");
        }
        var pepper = RandomNumberGenerator.GetBytes(Size);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(pepper);
        file.Flush(flushToDisk: true);
        return pepper;
    }
}
