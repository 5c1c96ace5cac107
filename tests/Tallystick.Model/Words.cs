using System.Text;

namespace Tallystick.Model;

public static class Words
{
    /// <summary>The word as the API and the journal spell it: GrantActivated is grant_activated.</summary>
    public static string Spell(Enum word)
    {
        var text = new StringBuilder();
        foreach (var letter in word.ToString())
        {
            if (char.IsUpper(letter) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
