using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Tallystick.Core.Journal;
using Tallystick.Store.Sqlite.Native;

namespace Tallystick.Store.Sqlite.Index;

/// <summary>
/// SipHash-2-4 (Aumasson and Bernstein, 2012) of keys and references, under a key of the store's own: callers choose
/// the text, and without the key nobody can make many of them meet.
/// </summary>
internal sealed class TextHash(ReadOnlySpan<byte> key)
{
    private const int KeyBytes = 16;
    private const int WordBytes = sizeof(ulong);
    private const int StackMax = 512;
    private readonly ulong _low = BinaryPrimitives.ReadUInt64LittleEndian(key);
    private readonly ulong _high = BinaryPrimitives.ReadUInt64LittleEndian(key[WordBytes..]);

    /// <summary>Under the store's id: 16 random bytes that nobody is shown.</summary>
    /// <exception cref="JournalCorruptException">The store has none.</exception>
    public static TextHash OfStore(SqliteConnection connection)
    {
        var id = connection.ScalarText("SELECT value FROM meta WHERE name = 'store_id'") ?? "";
        return id.Length == KeyBytes * 2 && id.All(char.IsAsciiHexDigit) ? new(Convert.FromHexString(id))
            : throw new JournalCorruptException("the store has lost its id");
    }

    public ulong Of(string text)
    {
        Span<byte> bytes = stackalloc byte[StackMax];
        return Encoding.UTF8.TryGetBytes(text, bytes, out var length)
            ? Of(bytes[..length])
            : Of(Encoding.UTF8.GetBytes(text));
    }

    public ulong Of(ReadOnlySpan<byte> text)
    {
        var state = new State(
            _low ^ 0x736f6d6570736575, _high ^ 0x646f72616e646f6d,
            _low ^ 0x6c7967656e657261, _high ^ 0x7465646279746573);
        var last = (ulong)text.Length << 56;
        for (; text.Length >= WordBytes; text = text[WordBytes..])
            state.Take(BinaryPrimitives.ReadUInt64LittleEndian(text));
        for (var i = 0; i < text.Length; i++) last |= (ulong)text[i] << (8 * i);
        state.Take(last);
        return state.End();
    }

    private struct State(ulong a, ulong b, ulong c, ulong d)
    {
        private ulong _a = a, _b = b, _c = c, _d = d;

        public void Take(ulong word)
        {
            _d ^= word;
            Round();
            Round();
            _a ^= word;
        }

        public ulong End()
        {
            _c ^= 0xff;
            for (var i = 0; i < 4; i++) Round();
            return _a ^ _b ^ _c ^ _d;
        }

        private void Round()
        {
            unchecked
            {
                _a += _b;
                _c += _d;
                _b = BitOperations.RotateLeft(_b, 13) ^ _a;
                _d = BitOperations.RotateLeft(_d, 16) ^ _c;
                _a = BitOperations.RotateLeft(_a, 32);
                _c += _b;
                _a += _d;
                _b = BitOperations.RotateLeft(_b, 17) ^ _c;
                _d = BitOperations.RotateLeft(_d, 21) ^ _a;
                _c = BitOperations.RotateLeft(_c, 32);
            }
        }
    }
}
