using System.Collections.Immutable;
using System.Security.Cryptography;
using Tallystick.Core.Journal;

namespace Tallystick.Server.Import.Runs;

/// <summary>Who asks for an imported entry, and how it is known when it comes again.</summary>
internal static class ImportOrigin
{
    private const int HashBytes = 16;
    private static readonly ImmutableArray<byte> Nothing = [.. new byte[HashBytes]];

    /// <summary>What comes again must say the same.</summary>
    public static Origin Of(string key, params ReadOnlySpan<byte[]?> meaning)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in meaning)
        {
            hash.AppendData(BitConverter.GetBytes(part?.Length ?? -1));
            hash.AppendData(part ?? []);
        }
        return new(Origin.OwnKey($"import {key}"), [.. hash.GetHashAndReset()[..HashBytes]], default, Nothing);
    }

    /// <summary>What comes again is the same, whatever it says.</summary>
    public static Origin Once(string key) => new(Origin.OwnKey($"import {key}"), Nothing, default, Nothing);

    /// <summary>The canonical bytes of what an entry would say.</summary>
    public static byte[] MeaningOf(EntryBody body) =>
        EntryCodec.Encode(new() { Chain = default, Sequence = 1, At = default, Body = body });
}
