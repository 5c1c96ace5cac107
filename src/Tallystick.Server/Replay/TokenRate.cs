using System.Globalization;

namespace Tallystick.Server.Replay;

/// <summary>
/// A price in credits per million tokens, which is millionths of a credit per token: an exact decimal of at most nine
/// digits before the point and nine behind it.
/// </summary>
/// <param name="Parts">In 10⁻⁹ of a millionth of a credit per token.</param>
internal readonly record struct TokenRate(long Parts)
{
    public const long PartsPerMicro = 1_000_000_000;
    private const int DigitsMax = 9;

    public static bool TryParse(string text, out TokenRate rate)
    {
        rate = default;
        var cells = text.Split('.');
        if (cells.Length > 2 || !IsDigits(cells[0]) || (cells.Length == 2 && !IsDigits(cells[1]))) return false;
        var fraction = cells.Length == 2 ? cells[1].PadRight(DigitsMax, '0') : new string('0', DigitsMax);
        rate = new(long.Parse(cells[0] + fraction, NumberStyles.None, CultureInfo.InvariantCulture));
        return true;
    }

    public override string ToString()
    {
        var fraction = (Parts % PartsPerMicro).ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        var whole = (Parts / PartsPerMicro).ToString(CultureInfo.InvariantCulture);
        return fraction.Length == 0 ? whole : $"{whole}.{fraction}";
    }

    private static bool IsDigits(string text) => text.Length is >= 1 and <= DigitsMax && text.All(char.IsAsciiDigit);
}
