using System.Text.Json.Serialization;

namespace Tallystick.Contracts;

/// <summary>Every error (RFC 9457), with a stable code and what belongs to it; what does not is left out.</summary>
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
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Errors { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Json.Amount? Required { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Json.Amount? Available { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LimitSource { get; init; }

    /// <summary>Where a cap or budget refuses: what the tightest of them leaves.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Json.Amount? LimitAvailable { get; init; }

    /// <summary>On 402 for a usage: the most output tokens that would pass beside the rest of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AffordableMaxTokens { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Json.Amount? Refundable { get; init; }

    /// <summary>On 409: the present status of what stands in the way.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CurrentStatus { get; init; }
}
