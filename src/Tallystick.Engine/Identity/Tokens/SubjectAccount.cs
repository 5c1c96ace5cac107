using System.Security.Cryptography;
using System.Text;

namespace Tallystick.Engine.Identity.Tokens;

/// <summary>
/// The account of a subject: always the same one, and no two subjects' the same. What an account's id cannot have is
/// written as <c>:</c> and two hexadecimal digits a byte; a prefix is set off by <c>::</c>, which no subject becomes. A
/// subject that is too long, or that does not begin with a letter or digit, becomes its hash.
/// </summary>
public static class SubjectAccount
{
    private const int IdMax = 128, HashBytes = 20;

    public static string IdOf(string? prefix, string subject)
    {
        var start = prefix is null ? "" : prefix + "::";
        var plain = Escape(subject);
        var isId = start.Length + plain.Length <= IdMax && (prefix is not null || char.IsAsciiLetterOrDigit(plain[0]));
        return start + (isId ? plain : HashOf(subject));
    }

    private static string Escape(string subject)
    {
        var id = new StringBuilder(subject.Length);
        foreach (var one in Encoding.UTF8.GetBytes(subject))
        {
            var letter = (char)one;
            if (char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '@' or '-') id.Append(letter);
            else id.Append(':').Append(Convert.ToHexString([one]));
        }
        return id.ToString();
    }

    /// <summary>Not to be taken for an escaped one: <c>:s</c> is no byte.</summary>
    private static string HashOf(string subject) =>
        $"subject:sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject))[..HashBytes])}";
}
