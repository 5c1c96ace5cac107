namespace Tallystick.Contracts;

/// <summary>Every error (RFC 9457), with a stable code and what belongs to it.</summary>
public sealed record ProblemResponse
{
    public required string Type { get; init; }
    public required string Title { get; init; }
    public required int Status { get; init; }
    public required string Detail { get; init; }

    /// <summary>One of <see cref="ErrorCodes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>Finds the request in logs and journal.</summary>
    public required string TraceId { get; init; }

    /// <summary>On 400: member → what is wrong with it.</summary>
    public IReadOnlyDictionary<string, string>? Errors { get; init; }
    public Json.Amount? Required { get; init; }
    public Json.Amount? Available { get; init; }
    public string? LimitSource { get; init; }
    public Json.Amount? Refundable { get; init; }

    /// <summary>On 409: the present status of what stands in the way.</summary>
    public string? CurrentStatus { get; init; }
}
