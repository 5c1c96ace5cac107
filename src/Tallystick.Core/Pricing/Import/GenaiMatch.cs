using System.Text;
using System.Text.Json;

namespace Tallystick.Core.Pricing.Import;

/// <summary>
/// The clause tree by which genai-prices recognises a model, as names and patterns any of which may match.
/// </summary>
internal static class GenaiMatch
{
    public static void Read(JsonElement clause, RateSheet sheet, List<string> patterns)
    {
        foreach (var part in clause.EnumerateObject())
        {
            if (part.Name == "or")
            {
                foreach (var one in part.Value.EnumerateArray()) Read(one, sheet, patterns);
                continue;
            }
            var isText = part.Value.ValueKind == JsonValueKind.String;
            var pattern = isText ? Pattern(part.Name, part.Value.GetString()!) : null;
            if (pattern is null) sheet.Leave("match", $"no pattern for {part.Name} {part.Value.GetRawText()}");
            else if (!patterns.Contains(pattern)) patterns.Add(pattern);
        }
    }

    private static string? Pattern(string kind, string text)
    {
        if (kind == "regex") return FromRegex(text);
        if (!new ModelPattern(text).IsExact) return null;
        return kind switch
        {
            "equals" => text,
            "starts_with" => text + "*",
            "ends_with" => "*" + text,
            "contains" => "*" + text + "*",
            _ => null,
        };
    }

    /// <summary>
    /// Literals, escaped punctuation, digits (<c>\d</c>, <c>\d{4}</c>) and anchors; null for anything more.
    /// </summary>
    private static string? FromRegex(string regex)
    {
        const string digit = "[0-9]";
        var glob = new StringBuilder(regex.StartsWith('^') ? "" : "*");
        var last = "";
        for (var i = regex.StartsWith('^') ? 1 : 0; i < regex.Length; i++)
        {
            if (regex[i] == '$' && i == regex.Length - 1) return glob.ToString();
            if (regex[i] == '{' && last == digit && regex.IndexOf('}', i) is > 0 and var end
                && int.TryParse(regex.AsSpan(i + 1, end - i - 1), out var times) && times is > 0 and < 100)
            {
                glob.Insert(glob.Length, digit, times - 1);
                (i, last) = (end, "");
                continue;
            }
            var isEscaped = regex[i] == '\\' && i + 1 < regex.Length;
            if (isEscaped) i++;
            last = isEscaped && regex[i] == 'd' ? digit : Literal(regex[i], isEscaped);
            if (last.Length == 0) return null;
            glob.Append(last);
        }
        return glob.Append('*').ToString();
    }

    /// <summary>Empty where the character means something else than itself, there or in a pattern here.</summary>
    private static string Literal(char letter, bool isEscaped)
    {
        var isItself = letter is '-' or '_' or '/' or ':' or '@'
            || (isEscaped ? letter == '.' : char.IsAsciiLetterOrDigit(letter));
        return isItself ? letter.ToString() : "";
    }
}
