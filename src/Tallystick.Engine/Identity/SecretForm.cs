using System.Security.Cryptography;
using System.Text;

namespace Tallystick.Engine.Identity;

/// <summary>
/// What a secret looks like: <c>tally_live_</c> or <c>tally_test_</c> (of a licence <c>tally_lic_live_</c> or
/// <c>tally_lic_test_</c>), three digits for the project, 32 random ones (190 bits) and six that check the rest, all of
/// base 62. Leaks can be scanned for, and what was mistyped is refused without a look-up. Any other printable ASCII
/// characters are a key that somebody chose: 32–128 of them an API key, of the first project; 16–128 a licence key.
/// </summary>
public static class SecretForm
{
    public const int ProjectMax = 62 * 62 * 62 - 1;
    private const string Live = "tally_live_", Test = "tally_test_";
    private const string LicenseLive = "tally_lic_live_", LicenseTest = "tally_lic_test_", Ours = "tally_";
    private const int ProjectDigits = 3, RandomDigits = 32, CheckDigits = 6, HintDigits = 4;
    private const int LengthMin = 32, LicenseLengthMin = 16, LengthMax = 128;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static string NewKey(int project, bool isTest) => New(isTest ? Test : Live, project);

    public static string NewLicenseKey(int project, bool isTest) => New(isTest ? LicenseTest : LicenseLive, project);

    /// <summary>The project that an API key belongs to; null for what cannot be one.</summary>
    public static int? ProjectOf(string secret) =>
        !IsText(secret, LengthMin) || IsLicensePrefix(PrefixOf(secret)) ? null
        : PrefixOf(secret).Length == 0 ? KeyRing.DefaultProject
        : ProjectOfOurs(secret);

    /// <summary>The project that a licence key of our own form belongs to; null for any other.</summary>
    public static int? ProjectOfLicense(string secret) =>
        IsText(secret, LicenseLengthMin) && IsLicensePrefix(PrefixOf(secret)) ? ProjectOfOurs(secret) : null;

    /// <summary>True for what somebody may have chosen as a licence key: it does not say of which project.</summary>
    public static bool IsChosenLicense(string secret) =>
        IsText(secret, LicenseLengthMin) && !secret.StartsWith(Ours, StringComparison.Ordinal);

    private static string New(string prefix, int project)
    {
        var text = prefix + DigitsOf(project) + RandomNumberGenerator.GetString(Alphabet, RandomDigits);
        return text + CheckOf(text);
    }

    private static int? ProjectOfOurs(string secret)
    {
        var prefix = PrefixOf(secret);
        if (secret.Length != prefix.Length + ProjectDigits + RandomDigits + CheckDigits
            || CheckOf(secret[..^CheckDigits]) != secret[^CheckDigits..]) return null;
        var project = 0;
        foreach (var digit in secret.AsSpan(prefix.Length, ProjectDigits))
            project = project * Alphabet.Length + Alphabet.IndexOf(digit, StringComparison.Ordinal);
        return project;
    }

    /// <summary>What people may see of a secret: the form's prefix and the last characters.</summary>
    public static string HintOf(string secret) => $"{PrefixOf(secret)}…{secret[^HintDigits..]}";

    private static string PrefixOf(string secret)
    {
        foreach (var prefix in (ReadOnlySpan<string>)[Live, Test, LicenseLive, LicenseTest])
            if (secret.StartsWith(prefix, StringComparison.Ordinal)) return prefix;
        return "";
    }

    private static bool IsLicensePrefix(string prefix) => prefix is LicenseLive or LicenseTest;

    private static bool IsText(string secret, int lengthMin) =>
        secret.Length >= lengthMin && secret.Length <= LengthMax && !secret.AsSpan().ContainsAnyExceptInRange('!', '~');

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
