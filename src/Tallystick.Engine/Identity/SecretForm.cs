using System.Security.Cryptography;
using System.Text;

namespace Tallystick.Engine.Identity;

/// <summary>
/// What a secret looks like: <c>tally_live_</c> or <c>tally_test_</c>, three digits for the project, 32 random ones
/// (190 bits) and six that check the rest, all of base 62. Leaks can be scanned for, and what was mistyped is refused
/// without a look-up. Any other 32–128 printable ASCII characters are a key that somebody chose, of the first project.
/// </summary>
public static class SecretForm
{
    public const int ProjectMax = 62 * 62 * 62 - 1;
    private const string Live = "tally_live_", Test = "tally_test_";
    private const int ProjectDigits = 3, RandomDigits = 32, CheckDigits = 6, HintDigits = 4;
    private const int LengthMin = 32, LengthMax = 128;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static string NewKey(int project, bool isTest)
    {
        var text = (isTest ? Test : Live) + DigitsOf(project) + RandomNumberGenerator.GetString(Alphabet, RandomDigits);
        return text + CheckOf(text);
    }

    /// <summary>The project that a secret belongs to; null for what cannot be one.</summary>
    public static int? ProjectOf(string secret)
    {
        if (secret.Length is < LengthMin or > LengthMax || secret.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return null;
        if (PrefixOf(secret) is not { Length: > 0 } prefix) return KeyRing.DefaultProject;
        if (secret.Length != prefix.Length + ProjectDigits + RandomDigits + CheckDigits
            || CheckOf(secret[..^CheckDigits]) != secret[^CheckDigits..]) return null;
        var project = 0;
        foreach (var digit in secret.AsSpan(prefix.Length, ProjectDigits))
            project = project * Alphabet.Length + Alphabet.IndexOf(digit, StringComparison.Ordinal);
        return project;
    }

    /// <summary>What people may see of a secret: the form's prefix and the last characters.</summary>
    public static string HintOf(string secret) => $"{PrefixOf(secret)}…{secret[^HintDigits..]}";

    private static string PrefixOf(string secret) =>
        secret.StartsWith(Live, StringComparison.Ordinal) ? Live
        : secret.StartsWith(Test, StringComparison.Ordinal) ? Test
        : "";

    private static string DigitsOf(int project) => string.Create(ProjectDigits, project, static (text, rest) =>
    {
        for (var i = text.Length - 1; i >= 0; i--, rest /= Alphabet.Length) text[i] = Alphabet[rest % Alphabet.Length];
    });

    private static string CheckOf(string text)
    {
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(text));
        return string.Create(CheckDigits, hash, static (digits, from) =>
        {
            for (var i = 0; i < digits.Length; i++) digits[i] = Alphabet[from[i] % Alphabet.Length];
        });
    }
}
