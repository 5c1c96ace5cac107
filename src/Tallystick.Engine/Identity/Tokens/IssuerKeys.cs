using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Tallystick.Engine.Identity.Tokens;

/// <summary>
/// The keys of one issuer, as fetched last. They are fetched again every ten minutes, beside the requests that use what
/// is known, and at once for a key id that is unknown, though not more often than every ten seconds. While the issuer
/// cannot be reached they stay good for a day. Thread-safe.
/// </summary>
internal sealed partial class IssuerKeys(
    Func<Task<ImmutableArray<JsonWebKey>>> fetch, string issuer, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan UsableFor = TimeSpan.FromDays(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private volatile Fetched? _last;
    private Task<bool>? _fetching;
    private long _begun;

    /// <summary>The key for a token; null where the issuer has none that fits.</summary>
    /// <exception cref="IssuerUnavailableException">Nobody can tell.</exception>
    public async ValueTask<JsonWebKey?> FindAsync(string? keyId, string algorithm, CancellationToken cancel)
    {
        if (Usable() is { } known && Select(known.Keys, keyId, algorithm) is { } key)
        {
            if (time.GetElapsedTime(known.At) > Fresh) _ = FetchAsync();
            return key;
        }
        var hasWorked = await FetchAsync().WaitAsync(cancel);
        var found = Usable() is { } present ? Select(present.Keys, keyId, algorithm) : null;
        return found is not null || hasWorked ? found
            : throw new IssuerUnavailableException($"The keys of {issuer} are not known");
    }

    /// <summary>Without a key id only what can be meant is meant: the one key that fits.</summary>
    private static JsonWebKey? Select(ImmutableArray<JsonWebKey> keys, string? keyId, string algorithm)
    {
        var fitting = keys.Where(key => (keyId is null || key.Kid == keyId) && Signatures.Fits(key, algorithm))
            .Take(2).ToList();
        return fitting.Count == 1 ? fitting[0] : null;
    }

    private Fetched? Usable() => _last is { } last && time.GetElapsedTime(last.At) <= UsableFor ? last : null;

    /// <summary>One at a time, and after each a pause, in which the last one's outcome stands.</summary>
    private Task<bool> FetchAsync()
    {
        lock (_gate)
        {
            if (_fetching is { } last && (!last.IsCompleted || time.GetElapsedTime(_begun) < Pause)) return last;
            _begun = time.GetTimestamp();
            return _fetching = RunAsync();
        }
    }

    private async Task<bool> RunAsync()
    {
        await Task.Yield();
        try
        {
            _last = new(await fetch(), time.GetTimestamp());
            return true;
        }
        catch (IssuerUnavailableException fault)
        {
            LogFailed(issuer, fault);
            return false;
        }
    }

    [LoggerMessage(
        40, LogLevel.Warning, "The keys of the issuer {Issuer} could not be fetched",
        EventName = "issuer_unavailable")]
    private partial void LogFailed(string issuer, Exception fault);

    private sealed record Fetched(ImmutableArray<JsonWebKey> Keys, long At);
}
