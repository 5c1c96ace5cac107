using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Tallystick.Gateway.Dialects;

namespace Tallystick.Gateway.Upstreams;

/// <summary>The few headers of a client that go on to the upstream; no other does, its key least of all.</summary>
internal sealed partial record CallHeaders
{
    private const int LengthMax = 1_000;

    public required string ContentType { get; init; }
    public string? Accept { get; init; }
    public string? AnthropicVersion { get; init; }
    public string? AnthropicBeta { get; init; }

    public static CallHeaders Of(IHeaderDictionary headers, string contentType) => new()
    {
        ContentType = contentType,
        Accept = Single(headers, "Accept", MediaTypes()),
        AnthropicVersion = Single(headers, "anthropic-version", Date()),
        AnthropicBeta = headers.TryGetValue("anthropic-beta", out var betas)
            ? Checked("anthropic-beta", string.Join(',', betas.ToArray()), Names())
            : null,
    };

    private static string? Single(IHeaderDictionary headers, string name, Regex form) =>
        headers.TryGetValue(name, out var values) ? Checked(name, values.ToString(), form) : null;

    private static string Checked(string name, string value, Regex form) =>
        value.Length <= LengthMax && form.IsMatch(value)
            ? value
            : throw new CallException(name, $"The header {name} cannot be passed on as it is.");

    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex Date();

    [GeneratedRegex("^[A-Za-z0-9_., -]+$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex Names();

    [GeneratedRegex("^[A-Za-z0-9_+.;=,/* -]+$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex MediaTypes();
}
