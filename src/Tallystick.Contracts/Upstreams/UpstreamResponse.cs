using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Upstreams;

/// <summary>An upstream as it is called, without its key.</summary>
public sealed record UpstreamResponse
{
    public required string Name { get; init; }
    public required string Kind { get; init; }
    public string? BaseUrl { get; init; }
    public required string Provider { get; init; }

    /// <summary>The key's last characters; null where there is none.</summary>
    public string? KeyHint { get; init; }
    public required bool Enabled { get; init; }
    public required IReadOnlyDictionary<string, UpstreamModel> Models { get; init; }
    public required IReadOnlyList<string> Forward { get; init; }
    public required string WhenShort { get; init; }
    public required string OutputBound { get; init; }
    public required string MaxTokensField { get; init; }
    public required bool AsksForUsage { get; init; }
    public required int Attempts { get; init; }
    public required UpstreamTimeouts Timeouts { get; init; }
    public required Timestamp ChangedAt { get; init; }
}
