using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Engine;

namespace Tallystick.Api.Auth;

/// <summary>
/// The keys of a project, by keyed hash. A key is looked up by HMAC-SHA-256 under the server's pepper, so neither the
/// store nor the time a look-up takes tells anything about a secret. Thread-safe; follows the project's state as it is
/// committed.
/// </summary>
public sealed class KeyRing(Ledger ledger, byte[] pepper)
{
    public const int DefaultProject = 1;
    private const string Prefix = "tally_";
    private const int SecretDigits = 32, CheckDigits = 6;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private volatile Snapshot _snapshot = new(null, FrozenDictionary<Mac, ApiKey>.Empty);

    internal async ValueTask<Principal?> FindAsync(string secret, CancellationToken cancel)
    {
        if (!IsWellFormed(secret)) return null;
        var state = await ledger.FindProjectAsync(DefaultProject, cancel);
        if (state is null) return null;
        var snapshot = _snapshot;
        if (!ReferenceEquals(snapshot.State, state)) _snapshot = snapshot = new(state, Index(state));
        return snapshot.Keys.TryGetValue(Mac.Of(MacOf(secret)), out var key)
            ? new(DefaultProject, key.Number, key.Role, key.Name)
            : null;
    }

    /// <summary>HMAC-SHA-256 of the secret; what is stored of a key.</summary>
    public ImmutableArray<byte> MacOf(string secret) =>
        [.. HMACSHA256.HashData(pepper, Encoding.UTF8.GetBytes(secret))];

    /// <summary>A new secret: prefix, 190 random bits, and a check that leaks can be scanned for.</summary>
    public static string NewSecret()
    {
        var digits = RandomNumberGenerator.GetString(Alphabet, SecretDigits);
        return Prefix + digits + CheckOf(digits);
    }

    /// <summary>What people may see of a secret.</summary>
    public static string HintOf(string secret) => $"{secret[..Math.Min(6, secret.Length)]}…{secret[^4..]}";

    /// <summary>
    /// 32–128 printable ASCII characters; of our own form only with the right check, refused without a look-up.
    /// </summary>
    public static bool IsWellFormed(string secret)
    {
        if (secret.Length is < 32 or > 128 || secret.AsSpan().ContainsAnyExceptInRange('!', '~')) return false;
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal)) return true;
        return secret.Length == Prefix.Length + SecretDigits + CheckDigits
            && CheckOf(secret[Prefix.Length..^CheckDigits]) == secret[^CheckDigits..];
    }

    private static string CheckOf(string digits)
    {
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(digits));
        return string.Create(CheckDigits, hash, static (text, from) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = Alphabet[from[i] % Alphabet.Length];
        });
    }

    private static FrozenDictionary<Mac, ApiKey> Index(ProjectState state) =>
        state.Keys.Where(key => key.RevokedAt is null).ToFrozenDictionary(key => Mac.Of(key.Mac));

    private sealed record Snapshot(ProjectState? State, FrozenDictionary<Mac, ApiKey> Keys);

    private readonly record struct Mac(UInt128 High, UInt128 Low)
    {
        public static Mac Of(ImmutableArray<byte> bytes) => new(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan()),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan()[16..]));
    }
}
