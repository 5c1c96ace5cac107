using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;

namespace Tallystick.Engine.Identity;

/// <summary>
/// The keys of the projects, by keyed hash. A key is looked up by HMAC-SHA-256 under the server's pepper, so neither
/// the store nor the time a look-up takes tells anything about a secret. Thread-safe; follows a project's state as it
/// is committed here, and within a second as it is committed by another node.
/// </summary>
public sealed class KeyRing(Ledger ledger, byte[] pepper)
{
    public const int DefaultProject = ChainKey.FirstProject;
    private const int RecentMax = 1_024;
    private readonly ConcurrentDictionary<int, Snapshot> _snapshots = new();

    /// <summary>
    /// Keyed hashes of keys that exist, so that a busy key is not hashed at each request; whether it may still be used
    /// is looked up each time.
    /// </summary>
    private readonly ConcurrentDictionary<string, Mac> _recent = new(StringComparer.Ordinal);
    private long _latestMicros;

    /// <summary>Whose key this is; null for one that is unknown, over or malformed.</summary>
    public async ValueTask<Principal?> FindAsync(string secret, CancellationToken cancel)
    {
        if (SecretForm.ProjectOf(secret) is not { } project) return null;
        if (await FindOpenAsync(project, cancel) is not { } state) return null;
        var isRecent = _recent.TryGetValue(secret, out var mac);
        if (!isRecent) mac = Mac.Of(MacOf(secret));
        if (!SnapshotOf(state).Keys.TryGetValue(mac, out var found)) return null;
        if (!isRecent) Remember(secret, mac);
        return found.Key.IsLiveAt(Latest(state.LastAt)) ? found.Principal : null;
    }

    private static Principal PrincipalOf(int project, ApiKey key) =>
        new(project, key.Number, key.Terms.Role, key.Terms.Name)
        {
            AccountId = key.Terms.AccountId, RequestsPerMinute = key.Terms.RequestsPerMinute,
            TokensPerMinute = key.Terms.TokensPerMinute,
        };

    /// <summary>A project that is in the register and not archived: any other is not even looked for.</summary>
    public async ValueTask<ProjectState?> FindOpenAsync(int project, CancellationToken cancel)
    {
        var first = await ledger.FindProjectAsync(DefaultProject, cancel);
        if (project == DefaultProject || first is null) return first;
        // Numbers are given in order and never taken back.
        var place = project - DefaultProject - 1;
        return place >= 0 && place < first.Register.Length && first.Register[place].ArchivedAt is null
            ? await ledger.FindProjectAsync(project, cancel)
            : null;
    }

    /// <summary>A new secret for a key of the project.</summary>
    public NewSecret New(int project, bool isTest) => Of(SecretForm.NewKey(project, isTest));

    /// <summary>A new secret for a licence of the project.</summary>
    public NewSecret NewLicense(int project, bool isTest) => Of(SecretForm.NewLicenseKey(project, isTest));

    /// <summary>What is stored of a secret that somebody chose.</summary>
    public NewSecret Of(string secret) => new(secret, MacOf(secret), SecretForm.HintOf(secret));

    /// <summary>HMAC-SHA-256 of the secret; what is stored of a key.</summary>
    public ImmutableArray<byte> MacOf(string secret) =>
        [.. HMACSHA256.HashData(pepper, Encoding.UTF8.GetBytes(secret))];

    private void Remember(string secret, Mac mac)
    {
        if (_recent.Count >= RecentMax) _recent.Clear();
        _recent[secret] = mac;
    }

    private Snapshot SnapshotOf(ProjectState state)
    {
        if (_snapshots.TryGetValue(state.Key.Project, out var known) && known.From == state.Keys) return known;
        var keys = state.Keys.ToFrozenDictionary(
            key => Mac.Of(key.Mac), key => (key, PrincipalOf(state.Key.Project, key)));
        return _snapshots[state.Key.Project] = new(state.Keys, keys);
    }

    /// <summary>The latest time that anybody has seen: a clock that is put back revives no key.</summary>
    internal Instant Latest(Instant floor)
    {
        var now = Instant.Max(ledger.Clock.Now, floor).Micros;
        for (var latest = Interlocked.Read(ref _latestMicros); now > latest;)
        {
            var seen = Interlocked.CompareExchange(ref _latestMicros, now, latest);
            if (seen == latest) return new(now);
            latest = seen;
        }
        return new(Interlocked.Read(ref _latestMicros));
    }

    private sealed record Snapshot(
        ImmutableArray<ApiKey> From, FrozenDictionary<Mac, (ApiKey Key, Principal Principal)> Keys);

    private readonly record struct Mac(UInt128 High, UInt128 Low)
    {
        public static Mac Of(ImmutableArray<byte> bytes) => new(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan()),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan()[16..]));
    }
}
