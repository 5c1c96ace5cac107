using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Tallystick.Engine.Limits;

/// <summary>
/// Slows down whoever tries credentials: after so many that failed from one address within a minute, nothing more from
/// there is looked at but what has been good here within the hour, so that whoever shares the address goes on. A fixed
/// amount of memory, however many addresses there are. Thread-safe.
/// </summary>
public sealed class FailureBrake(int failuresMax, TimeProvider time)
{
    public const int FailuresDefault = 60;

    /// <summary>
    /// Each address counts in one cell of every row: to be held up for others' failures, it must meet them in all rows.
    /// </summary>
    private const int Rows = 4, CellsPerRow = 4_096, GoodMax = 100_000, NetworkBits = 64;
    private static readonly TimeSpan GoodFor = TimeSpan.FromHours(1);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly RateWindow?[] _cells = new RateWindow?[Rows * CellsPerRow];
    private readonly ConcurrentDictionary<UInt128, long> _good = new();
    private readonly long _start = time.GetTimestamp();

    /// <summary>How long a credential from an address is not looked at; null: it is.</summary>
    public TimeSpan? HoldsUp(IPAddress? from, string secret)
    {
        if (from is null || Wait(from) is not { } wait) return null;
        return _good.TryGetValue(HashOf(secret), out var at) && time.GetElapsedTime(at) < GoodFor ? null : wait;
    }

    public void Failed(IPAddress? from)
    {
        if (from is null) return;
        foreach (var cell in CellsOf(from))
            lock (_cells) (_cells[cell] ??= new()).Add(Segment, 1);
    }

    public void Passed(string secret)
    {
        var hash = HashOf(secret);
        var now = time.GetTimestamp();
        if (_good.TryGetValue(hash, out var at) && time.GetElapsedTime(at, now) < GoodFor / 2) return;
        if (_good.Count >= GoodMax) _good.Clear();
        _good[hash] = now;
    }

    private TimeSpan? Wait(IPAddress from)
    {
        var longest = int.MaxValue;
        lock (_cells)
            foreach (var cell in CellsOf(from))
                longest = Math.Min(longest, _cells[cell]?.SegmentsUntil(Segment, failuresMax, 1) ?? 0);
        return longest == 0 ? null
            : TimeSpan.FromTicks((Segment + longest) * RateWindow.SegmentLength.Ticks) - time.GetElapsedTime(_start);
    }

    private long Segment => RateWindow.SegmentAt(time.GetElapsedTime(_start));

    /// <summary>Of IPv6 the network counts: one subscriber has all of it.</summary>
    private int[] CellsOf(IPAddress from)
    {
        var real = from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from;
        var bytes = real.GetAddressBytes();
        var counted = real.AddressFamily == AddressFamily.InterNetworkV6 ? bytes.AsSpan(0, NetworkBits / 8) : bytes;
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, counted, hash);
        var cells = new int[Rows];
        for (var row = 0; row < Rows; row++)
            cells[row] = row * CellsPerRow + BitConverter.ToUInt16(hash[(2 * row)..]) % CellsPerRow;
        return cells;
    }

    /// <summary>Keyed, so that what is remembered is no secret.</summary>
    private UInt128 HashOf(string secret) =>
        BitConverter.ToUInt128(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(secret)));
}
