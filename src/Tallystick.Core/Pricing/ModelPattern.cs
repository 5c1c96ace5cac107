namespace Tallystick.Core.Pricing;

/// <summary>
/// Names models: exactly, or as a pattern with <c>*</c> (any text, also none), <c>?</c> (one character) and
/// <c>[0-9]</c> or <c>[abc]</c> (one character of these).
/// </summary>
public readonly record struct ModelPattern
{
    public ModelPattern(string text, bool ignoresCase = false) =>
        (Text, IgnoresCase) = (ignoresCase ? Folded(text) : text, ignoresCase);

    public string Text { get; }

    /// <summary>Upper and lower case of ASCII letters are the same.</summary>
    public bool IgnoresCase { get; }

    private static readonly System.Buffers.SearchValues<char> Wild = System.Buffers.SearchValues.Create("*?[");

    public bool IsExact => !Text.AsSpan().ContainsAny(Wild);

    /// <summary>How many characters it fixes, alone or as one of a set: the more, the more specific it is.</summary>
    public int LiteralLength
    {
        get
        {
            var count = 0;
            for (var i = 0; i < Text.Length; i++)
            {
                if (Text[i] == '[') i = Text.IndexOf(']', i);
                if (Text[i] is not ('*' or '?')) count++;
            }
            return count;
        }
    }

    /// <summary>Every set is closed, and none is empty.</summary>
    public static bool IsValid(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '[') continue;
            var end = text.IndexOf(']', i);
            if (end <= i + 1 || text.AsSpan(i + 1, end - i - 1).ContainsAny(Wild)) return false;
            i = end;
        }
        return text.Length > 0;
    }

    /// <summary>Only ASCII letters: what looks like one elsewhere in Unicode stays different.</summary>
    public static string Folded(string text) => string.Create(text.Length, text, static (target, source) =>
    {
        for (var i = 0; i < source.Length; i++)
            target[i] = source[i] is >= 'A' and <= 'Z' ? (char)(source[i] | 0x20) : source[i];
    });

    /// <summary>In time of the product of both lengths at worst: only the last star is tried again.</summary>
    public bool Matches(string model)
    {
        if (IgnoresCase) model = Folded(model);
        var (at, position, star, resume) = (0, 0, -1, 0);
        while (position < model.Length)
        {
            if (at < Text.Length && Text[at] == '*') (star, resume) = (at++, position);
            else if (at < Text.Length && MatchesOne(ref at, model[position])) position++;
            else if (star >= 0) (at, position) = (star + 1, ++resume);
            else return false;
        }
        while (at < Text.Length && Text[at] == '*') at++;
        return at == Text.Length;
    }

    private bool MatchesOne(ref int at, char letter)
    {
        var end = at;
        var matches = Text[at] == '?' || Text[at] == letter;
        if (Text[at] == '[')
        {
            end = Text.IndexOf(']', at);
            matches = IsInSet(Text.AsSpan(at + 1, end - at - 1), letter);
        }
        if (matches) at = end + 1;
        return matches;
    }

    private static bool IsInSet(ReadOnlySpan<char> set, char letter)
    {
        for (var i = 0; i < set.Length; i++)
        {
            var isRange = i + 2 < set.Length && set[i + 1] == '-';
            if (letter >= set[i] && letter <= set[isRange ? i + 2 : i]) return true;
            if (isRange) i += 2;
        }
        return false;
    }
}
