using System.Runtime.InteropServices;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// A Bloom filter over a run's keys: 14 bits a key and 8 probes let one in a thousand absent keys through, so that with
/// some fifteen runs a look-up of a new key reads a block in one or two cases of a hundred.
/// </summary>
internal sealed class KeyFilter
{
    private const int BitsPerKey = 14;
    private const int Probes = 8;

    private readonly ulong[] _words;

    public KeyFilter(long keys) => _words = new ulong[Math.Max(1, (keys * BitsPerKey + 63) / 64)];
    private KeyFilter(ulong[] words) => _words = words;

    public static KeyFilter From(ReadOnlySpan<byte> bytes) => new(MemoryMarshal.Cast<byte, ulong>(bytes).ToArray());

    /// <summary>How many keys it was made for.</summary>
    public long Keys => _words.Length * 64L / BitsPerKey;
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(_words.AsSpan());

    public void Add(in ItemKey key)
    {
        var (hash, step) = Hash(key);
        for (var i = 0; i < Probes; i++, hash = unchecked(hash + step))
        {
            var bit = BitOf(hash);
            _words[bit >> 6] |= 1UL << (int)(bit & 63);
        }
    }

    public bool MayContain(in ItemKey key)
    {
        var (hash, step) = Hash(key);
        for (var i = 0; i < Probes; i++, hash = unchecked(hash + step))
        {
            var bit = BitOf(hash);
            if ((_words[bit >> 6] & (1UL << (int)(bit & 63))) == 0) return false;
        }
        return true;
    }

    private long BitOf(ulong hash) => (long)Math.BigMul(hash, (ulong)_words.Length * 64, out _);

    // These bits are stored: the mixing must stay as it is (SplitMix64's finisher). All versions of an item share them.
    private static (ulong Hash, ulong Step) Hash(in ItemKey key)
    {
        unchecked
        {
            var hash = Mix((ulong)key.Number ^ Mix((uint)key.Project | ((ulong)key.Tag << 32)));
            hash = Mix(hash + key.Id);
            return (hash, Mix(hash ^ 0x9E3779B97F4A7C15UL) | 1);
        }
    }

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value += 0x9E3779B97F4A7C15UL;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
            return value ^ (value >> 31);
        }
    }
}
