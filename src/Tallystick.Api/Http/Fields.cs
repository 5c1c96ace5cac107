using Tallystick.Api.Rendering;
using Tallystick.Contracts.Json;
using Tallystick.Core.Money;

namespace Tallystick.Api.Http;

/// <summary>Checks of single members that a type cannot make.</summary>
internal static class Fields
{
    private const int ReferenceMax = 128;

    public static CreditAmount Positive(Amount amount, string field) =>
        amount.Micros > 0 ? amount.ToCredits() : throw RequestException.InvalidAmount(field, "must be greater than 0");

    public static string? Reference(string? text) =>
        text is null || text.Length >= 1 ? FreeText.Check(text, "reference_id", ReferenceMax)
        : throw RequestException.Invalid("reference_id", "must not be empty");
}
