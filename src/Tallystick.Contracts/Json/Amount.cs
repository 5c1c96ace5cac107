using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace Tallystick.Contracts.Json;

/// <summary>
/// A quantity of credit in millionths. In JSON it goes out as a string with six decimals (<c>"5.000000"</c>) and comes
/// in as a string or a number token, read exactly as written: <c>0</c> or 1–12 ASCII digits without a leading zero,
/// optionally <c>.</c> and 1–6 digits; no sign, no exponent, never rounded.
/// </summary>
[JsonConverter(typeof(AmountConverter))]
public readonly record struct Amount(long Micros)
{
    private const int FractionDigits = 6;
    private const int WholeDigitsMax = 12;
    private const long MicrosPerCredit = 1_000_000;

    /// <summary>False for anything but the grammar above; nothing is trimmed or rounded.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Amount amount)
    {
        amount = default;
        var point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? [] : text[(point + 1)..];
        if (whole.Length is 0 or > WholeDigitsMax || (whole[0] == '0' && whole.Length > 1)) return false;
        if (point >= 0 && fraction.Length is 0 or > FractionDigits) return false;
        if (whole.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        if (fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;

        long micros = 0;
        foreach (var digit in whole) micros = micros * 10 + (digit - '0');
        for (var i = 0; i < FractionDigits; i++) micros = micros * 10 + (i < fraction.Length ? fraction[i] - '0' : 0);
        amount = new(micros);
        return true;
    }

    /// <summary>Reads a text by the same grammar.</summary>
    public static bool TryParse(string text, out Amount amount)
    {
        amount = default;
        return text.Length <= 32 && Ascii.IsValid(text) && TryParse(Encoding.ASCII.GetBytes(text), out amount);
    }

    internal int Format(Span<byte> target)
    {
        var written = 0;
        if (Micros < 0) target[written++] = (byte)'-';
        var magnitude = Micros < 0 ? unchecked((ulong)-Micros) : (ulong)Micros;
        (magnitude / MicrosPerCredit).TryFormat(
            target[written..], out var digits, default, CultureInfo.InvariantCulture);
        written += digits;
        target[written++] = (byte)'.';
        var fraction = (uint)(magnitude % MicrosPerCredit);
        for (var i = FractionDigits - 1; i >= 0; i--, fraction /= 10) target[written + i] = (byte)('0' + fraction % 10);
        return written + FractionDigits;
    }

    public override string ToString()
    {
        Span<byte> text = stackalloc byte[32];
        return Encoding.ASCII.GetString(text[..Format(text)]);
    }
}
