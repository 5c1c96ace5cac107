using System.Text.RegularExpressions;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Json;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;

namespace Tallystick.Api.Http;

/// <summary>Checks of single members that a type cannot make.</summary>
internal static partial class Fields
{
    private const int ReferenceMax = 128;
    private const long SecondsMax = 366L * 86_400;

    /// <summary>The account that a path or a body names.</summary>
    public static string AccountId(string text) =>
        AccountIdForm().IsMatch(text)
            ? text
            : throw RequestException.Invalid(
                "account_id", "1-128 of A-Z a-z 0-9 _ . : @ -, beginning with a letter or digit");

    /// <summary>A name that people chose for something of the project's: it is part of a path.</summary>
    public static string? Name(string? text, string field) =>
        text is null || NameForm().IsMatch(text)
            ? text
            : throw RequestException.Invalid(field, "1-64 of a-z 0-9 _ -, beginning with a letter or digit");

    public static Duration Seconds(long seconds, string field) =>
        seconds is >= 1 and <= SecondsMax
            ? Duration.FromSeconds(seconds)
            : throw RequestException.Invalid(field, $"1 to {SecondsMax} seconds");

    /// <summary>A number of things; null where none was given.</summary>
    public static long? Count(long? number, string field) =>
        number is < 0 ? throw RequestException.Invalid(field, "at least 0") : number;

    public static CaptureMode Mode(string? word) =>
        Words.ToCaptureMode(word ?? "overflow") ?? throw RequestException.Invalid("mode", "overflow, cap or reject");

    public static CreditAmount Positive(Amount amount, string field) =>
        amount.Micros > 0 ? amount.ToCredits() : throw RequestException.InvalidAmount(field, "must be greater than 0");

    public static string? Reference(string? text) =>
        text is null || text.Length >= 1 ? FreeText.Check(text, "reference_id", ReferenceMax)
        : throw RequestException.Invalid("reference_id", "must not be empty");

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex AccountIdForm();
}
