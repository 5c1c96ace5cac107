using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tallystick.Core.Journal;

/// <summary>
/// Names one chain of entries: an account's, or (number 0) a project's own. The number is derived from the account's
/// id, so that every node and every store gives the same one without a shared counter.
/// </summary>
public readonly record struct ChainKey(int Project, long Number) : IComparable<ChainKey>
{
    /// <summary>The project that a fresh store has; its chain has the register of the others.</summary>
    public const int FirstProject = 1;

    private const int RecentMax = 16_384;

    /// <summary>Keys of ids asked for lately, each in the place of its hash: what a function gave before.</summary>
    private static readonly Known?[] Recent = new Known?[RecentMax];

    public bool IsProject => Number == 0;

    public static ChainKey OfProject(int project) => new(project, 0);

    /// <summary>
    /// 60 bits of SHA-256 over project, probe and id. Two ids may meet (at a million accounts with a chance of one in
    /// two million): the later account then takes the number of the next probe.
    /// </summary>
    public static ChainKey OfAccount(int project, string accountId, int probe = 0)
    {
        if (probe > 0) return Derive(project, accountId, probe);
        ref var slot = ref Recent[unchecked((uint)accountId.GetHashCode(StringComparison.Ordinal)) % RecentMax];
        if (slot is { } known && known.Key.Project == project && known.AccountId == accountId) return known.Key;
        var key = Derive(project, accountId, 0);
        slot = new(accountId, key);
        return key;
    }

    private static ChainKey Derive(int project, string accountId, int probe)
    {
        Span<byte> input = stackalloc byte[8 + accountId.Length];
        BinaryPrimitives.WriteInt32BigEndian(input, project);
        BinaryPrimitives.WriteInt32BigEndian(input[4..], probe);
        Encoding.ASCII.GetBytes(accountId, input[8..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, digest);
        var number = (long)(BinaryPrimitives.ReadUInt64BigEndian(digest) >> 4);
        return new(project, number == 0 ? 1 : number);
    }

    public int CompareTo(ChainKey other) =>
        Project != other.Project ? Project.CompareTo(other.Project) : Number.CompareTo(other.Number);

    public static bool operator <(ChainKey left, ChainKey right) => left.CompareTo(right) < 0;
    public static bool operator >(ChainKey left, ChainKey right) => left.CompareTo(right) > 0;
    public static bool operator <=(ChainKey left, ChainKey right) => left.CompareTo(right) <= 0;
    public static bool operator >=(ChainKey left, ChainKey right) => left.CompareTo(right) >= 0;

    private sealed record Known(string AccountId, ChainKey Key);
}
