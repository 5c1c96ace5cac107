namespace Tallystick.Contracts.Generations;

/// <summary>
/// Body of <c>POST /api/v1/generate</c> and <c>/api/v1/generations</c>: a model call in no provider's dialect.
/// </summary>
public sealed record GenerateRequest
{
    public required string Model { get; init; }

    /// <summary>The prompt, or else <see cref="Messages"/>.</summary>
    public string? Prompt { get; init; }
    public IReadOnlyList<GenerateMessage>? Messages { get; init; }

    /// <summary>What the model is told before everything else.</summary>
    public string? System { get; init; }

    /// <summary>A bound for the answer; default: the model's own.</summary>
    public long? MaxTokens { get; init; }

    /// <summary>Of <c>/api/v1/generations</c>: answer as soon as the credits are held, and work on.</summary>
    public bool? Async { get; init; }
}
