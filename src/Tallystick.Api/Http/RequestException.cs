using Tallystick.Contracts;

namespace Tallystick.Api.Http;

/// <summary>
/// A request that is refused before it becomes a command. Carries the whole problem but its trace id.
/// </summary>
internal sealed class RequestException(int status, string code, string detail) : Exception(detail)
{
    public int Status { get; } = status;
    public string Code { get; } = code;
    public IReadOnlyDictionary<string, string>? Errors { get; init; }

    public static RequestException Invalid(string field, string reason) =>
        new(400, ErrorCodes.InvalidRequest, $"{field}: {reason}") { Errors = Only(field, reason) };

    public static RequestException InvalidAmount(string field, string reason) =>
        new(400, ErrorCodes.InvalidAmount, $"{field}: {reason}") { Errors = Only(field, reason) };

    public static RequestException LimitExceeded(string detail) => new(422, ErrorCodes.LimitExceeded, detail);

    public static RequestException NotFound(string what) => new(404, ErrorCodes.NotFound, $"There is no such {what}.");

    private static Dictionary<string, string> Only(string field, string reason) =>
        new(StringComparer.Ordinal) { [field] = reason };
}
