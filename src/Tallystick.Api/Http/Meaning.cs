using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tallystick.Api.Http;

/// <summary>
/// 16 bytes that two requests share when they mean the same: operation, path and the parsed body, written again in one
/// form, so
/// that the order of members, white space and the spelling of amounts and times do not matter, nor whether it came in a
/// batch.
/// </summary>
internal static class Meaning
{
    private const int Bytes = 16;

    public static ImmutableArray<byte> Of<T>(ApiRoute route, string? path, T body, JsonTypeInfo<T> type)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{route.Method} {route.Pattern}\n{path}\n"));
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(body, type));
        return [.. hash.GetHashAndReset().AsSpan(0, Bytes)];
    }
}
