using System.CommandLine;
using System.Security.Cryptography;
using Tallystick.Engine.Ports;
using Tallystick.Store.Sqlite;

namespace Tallystick.Server;

/// <summary>
/// The secret under which keys are hashed: 32 bytes that are not in the store, so that the database alone says nothing
/// about any key. All nodes on one database have the same one. Losing it makes every key invalid.
/// </summary>
internal static class Pepper
{
    private const string FileName = "tally.pepper";
    private const int Size = 32;

    public static readonly Option<FileInfo?> PepperFile = new("--pepper-file")
    {
        Description = "The file with the secret under which keys are hashed: 32 bytes, or the same in hex or base64 "
            + "[TALLY_PEPPER_FILE; TALLY_PEPPER: the secret itself]",
        HelpName = "FILE",
    };

    /// <summary>The given one; the embedded store makes one of its own where none is given.</summary>
    /// <exception cref="StoreRefusedException">It is not a pepper, or a shared store was given none.</exception>
    public static byte[] Load(ParseResult parsed)
    {
        if (parsed.GetValue(PepperFile) is null && Given.In("TALLY_PEPPER") is { } given)
            return Read(System.Text.Encoding.UTF8.GetBytes(given), "TALLY_PEPPER");
        if ((parsed.GetValue(PepperFile) ?? Given.FileIn("TALLY_PEPPER_FILE")) is { } file)
            return Read(File.ReadAllBytes(file.FullName), file.FullName);
        return Stores.PostgresOf(parsed) is null
            ? LoadOrCreate(Stores.FolderOf(parsed))
            : throw new StoreRefusedException(
                "all nodes on one database share a pepper: give it as TALLY_PEPPER or --pepper-file "
                + "(openssl rand -hex 32)");
    }

    /// <summary>Tells peppers apart and nothing else: what a store remembers of its own.</summary>
    public static string CheckOf(byte[] pepper) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(pepper, "tallystick pepper"u8)[..8]);

    private static byte[] Read(byte[] bytes, string name)
    {
        if (bytes.Length == Size) return bytes;
        var text = System.Text.Encoding.ASCII.GetString(bytes).Trim();
        Span<byte> decoded = stackalloc byte[Size];
        if (text.Length == 2 * Size && Convert.FromHexString(text, decoded, out _, out var written)
            == System.Buffers.OperationStatus.Done && written == Size) return decoded.ToArray();
        if (Convert.TryFromBase64String(text, decoded, out written) && written == Size) return decoded.ToArray();
        throw new StoreRefusedException($"{name} must hold {Size} bytes, as they are or in hex or base64");
    }

    private static byte[] LoadOrCreate(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path)) return Read(File.ReadAllBytes(path), path);
        if (SqliteLedgerStore.HasEntries(folder))
        {
            if (Given.In(ServerOptions.KeyVariable) is null)
                throw new StoreRefusedException(
                    $"{path} is not there, and the store beside it has entries: put back the one that it was made with "
                    + "(it is in no backup); with another no key works but a new TALLY_ADMIN_KEY");
            Console.Error.WriteLine(
                $"Warning: {path} was not there and is made anew: of all keys and licences only TALLY_ADMIN_KEY works, "
                + "until the one is put back that the store was made with.");
        }
        var pepper = RandomNumberGenerator.GetBytes(Size);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        // Under another name until all of it is there: a start that was cut off in between shall not leave half of one.
        var partial = path + ".partial";
        File.Delete(partial);
        using (var file = new FileStream(partial, options))
        {
            file.Write(pepper);
            file.Flush(flushToDisk: true);
        }
        File.Move(partial, path);
        using (var named = new FileStream(path, FileMode.Open, FileAccess.ReadWrite)) named.Flush(flushToDisk: true);
        return pepper;
    }
}
