using Microsoft.AspNetCore.Http;

namespace Tallystick.Api.Http;

/// <summary>The header <c>Idempotency-Key</c>: 1–255 printable ASCII characters without spaces, once.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    private const int LengthMax = 255;

    public static string? Read(HttpContext context, KeyUse use)
    {
        if (use == KeyUse.Ignored) return null;
        var values = context.Request.Headers[Header];
        if (values.Count == 0) return use == KeyUse.Required ? throw Missing() : null;
        if (values.Count > 1) throw RequestException.Invalid(Header, "give it once");
        return Check(values[0] ?? "");
    }

    public static RequestException Missing() =>
        RequestException.Invalid(Header, "this request needs one, so that it can be repeated");

    public static string Check(string key) =>
        key.Length is >= 1 and <= LengthMax && !key.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? key
            : throw RequestException.Invalid(Header, "1-255 printable ASCII characters without spaces");
}
