namespace Tallystick.Core.Journal;

/// <summary>
/// Ids as the API shows them: a prefix, the account's number, the sequence of the entry, for some an ordinal, and a
/// check, so that an id alone finds its account and a mistyped one is refused without a look-up. In one account they
/// sort by age. Base 32 after Crockford, lower case.
/// </summary>
public static class ThingId
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int AccountDigits = 12, SequenceDigits = 8, OrdinalDigits = 5, CheckDigits = 2;
    private const int ShortLength = AccountDigits + SequenceDigits + CheckDigits;

    public const string Grant = "grt_", Hold = "hld_", Charge = "chg_", Refund = "rfd_", Transaction = "txn_",
        Job = "job_", Key = "key_", Price = "prc_", License = "lic_", IdentityProvider = "idp_";

    public static string Format(string prefix, ChainKey chain, ThingNumber number) =>
        string.Create(
            prefix.Length + ShortLength + (number.Ordinal == 0 ? 0 : OrdinalDigits), (prefix, chain, number),
            static (text, id) =>
            {
                id.prefix.CopyTo(text);
                var rest = text[id.prefix.Length..];
                Write(rest[..AccountDigits], id.chain.Number);
                Write(rest.Slice(AccountDigits, SequenceDigits), id.number.Sequence);
                if (id.number.Ordinal > 0)
                    Write(rest.Slice(AccountDigits + SequenceDigits, OrdinalDigits), id.number.Ordinal);
                Write(rest[^CheckDigits..], Check(id.prefix, id.chain, id.number));
            });

    /// <summary>False for another kind's id, a malformed one, or one that belongs to another project.</summary>
    public static bool TryParse(string text, string prefix, int project, out ChainKey chain, out ThingNumber number)
    {
        (chain, number) = (default, default);
        if (!text.StartsWith(prefix, StringComparison.Ordinal)) return false;
        var rest = text.AsSpan(prefix.Length);
        if (rest.Length is not (ShortLength or ShortLength + OrdinalDigits)) return false;
        var ordinal = 0L;
        if (!TryRead(rest[..AccountDigits], out var account)
            || !TryRead(rest.Slice(AccountDigits, SequenceDigits), out var sequence)
            || (rest.Length > ShortLength
                && !TryRead(rest.Slice(AccountDigits + SequenceDigits, OrdinalDigits), out ordinal))
            || !TryRead(rest[^CheckDigits..], out var check)
            || ordinal > ThingNumber.OrdinalMax || sequence == 0
            || (rest.Length > ShortLength && ordinal == 0)) return false;
        chain = new(project, account);
        number = new(sequence, (int)ordinal);
        return Check(prefix, chain, number) == check;
    }

    /// <summary>
    /// Ten bits that depend on all the rest, the project too. They catch slips; what an id may do is never decided by
    /// them, so nothing cryptographic is asked of them.
    /// </summary>
    private static long Check(string prefix, ChainKey chain, ThingNumber number)
    {
        var kind = Mixed(((ulong)prefix[0] << 32) | (uint)chain.Project);
        return (long)(Mixed(Mixed(kind ^ (ulong)chain.Number) ^ (ulong)number.Value) >> 54);
    }

    /// <summary>Each bit depends on all: the finalizer of SplitMix64 (Steele, Lea, Flood, 2014).</summary>
    private static ulong Mixed(ulong bits)
    {
        unchecked
        {
            bits += 0x9E3779B97F4A7C15;
            bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
            bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
            return bits ^ (bits >> 31);
        }
    }

    private static void Write(Span<char> target, long value)
    {
        for (var i = target.Length - 1; i >= 0; i--, value >>= 5) target[i] = Alphabet[(int)(value & 31)];
    }

    private static bool TryRead(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        foreach (var letter in text)
        {
            var digit = Alphabet.IndexOf(letter, StringComparison.Ordinal);
            if (digit < 0) return false;
            value = (value << 5) | (uint)digit;
        }
        return true;
    }
}
