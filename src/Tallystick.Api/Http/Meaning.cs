using System.Buffers;
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

    /// <summary>What a thread keeps for the next request.</summary>
    private const int ScratchMax = 64 << 10;

    [ThreadStatic]
    private static Scratch? _scratch;

    public static ImmutableArray<byte> Of<T>(ApiRoute route, string? path, T body, JsonTypeInfo<T> type)
    {
        var (buffer, writer) = _scratch ??= new();
        buffer.ResetWrittenCount();
        foreach (var part in (ReadOnlySpan<string?>)[route.Method, " ", route.Pattern, "\n", path, "\n"])
            Encoding.UTF8.GetBytes(part, buffer);
        writer.Reset(buffer);
        JsonSerializer.Serialize(writer, body, type);
        writer.Flush();
        if (buffer.Capacity > ScratchMax) _scratch = null;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.WrittenSpan, hash);
        return [.. hash[..Bytes]];
    }

    /// <summary>A thread's own, used again and again.</summary>
    private sealed record Scratch(ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer)
    {
        public Scratch() : this(new(), new(Stream.Null)) { }
    }
}
