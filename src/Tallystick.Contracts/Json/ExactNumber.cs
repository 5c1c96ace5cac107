using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tallystick.Contracts.Json;

/// <summary>
/// A decimal number of any precision. In JSON it goes out as a string with all its digits (<c>"0.000003"</c>) and comes
/// in as a string or a number token, read exactly as written, also with an exponent; not negative, at most 40 digits on
/// either side of the point. Equal numbers are equal, however they were written.
/// </summary>
[JsonConverter(typeof(ExactNumberConverter))]
public readonly record struct ExactNumber
{
    private const int DigitsMax = 40, ExponentMax = 40;
    private readonly string? _text;

    private ExactNumber(string text) => _text = text;

    /// <summary>All digits, without an exponent and without zeros at the end.</summary>
    public string Text => _text ?? "0";

    /// <summary>A number already in the form of <see cref="Text"/>; it may be negative.</summary>
    public static ExactNumber FromDigits(string text) => new(text == "0" ? null! : text);

    public static bool TryParse(string text, out ExactNumber number)
    {
        number = default;
        var at = text.AsSpan().IndexOfAny('e', 'E');
        var exponent = 0;
        if (at >= 0 && !TryExponent(text.AsSpan(at + 1), out exponent)) return false;
        var mantissa = at < 0 ? text : text[..at];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var (whole, fraction) = point < 0 ? (mantissa, "") : (mantissa[..point], mantissa[(point + 1)..]);
        if (whole.Length is 0 or > DigitsMax || (whole[0] == '0' && whole.Length > 1)) return false;
        if (point >= 0 && fraction.Length is 0 or > DigitsMax) return false;
        if (!(whole + fraction).All(char.IsAsciiDigit)) return false;
        number = new(Plain(whole + fraction, fraction.Length - exponent));
        return true;
    }

    public override string ToString() => Text;

    private static bool TryExponent(ReadOnlySpan<char> text, out int exponent)
    {
        exponent = 0;
        var digits = text.Length > 0 && text[0] is '+' or '-' ? text[1..] : text;
        if (digits.Length is 0 or > 3 || digits.ContainsAnyExceptInRange('0', '9')) return false;
        exponent = int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        if (text[0] == '-') exponent = -exponent;
        return exponent is >= -ExponentMax and <= ExponentMax;
    }

    /// <summary>The digits with the point so many places from their end.</summary>
    private static string Plain(string digits, int scale)
    {
        if (scale < 0) (digits, scale) = (digits + new string('0', -scale), 0);
        digits = digits.PadLeft(scale + 1, '0');
        var whole = digits[..^scale].TrimStart('0');
        var fraction = digits[^scale..].TrimEnd('0');
        var text = (whole.Length == 0 ? "0" : whole) + (fraction.Length == 0 ? "" : "." + fraction);
        return text == "0" ? null! : text;
    }
}

internal sealed class ExactNumberConverter : JsonConverter<ExactNumber>
{
    public override ExactNumber Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var isNumber = reader.TokenType is JsonTokenType.String or JsonTokenType.Number && !reader.ValueIsEscaped;
        return isNumber && ExactNumber.TryParse(Encoding.UTF8.GetString(reader.ValueSpan), out var number)
            ? number
            : throw new JsonException("expected a number from 0 on, like 0.0003 or \"15\"");
    }

    public override void Write(Utf8JsonWriter writer, ExactNumber value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Text);
}
