using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Tallystick.Contracts.Reports;

/// <summary>What one service came to.</summary>
public sealed record ServiceUsage : UsageFigures
{
    [JsonConstructor]
    public ServiceUsage() { }

    [SetsRequiredMembers]
    public ServiceUsage(UsageFigures figures, string? service) : base(figures) => Service = service;

    /// <summary>Null: what names none, and what is beyond the thousand most used.</summary>
    public string? Service { get; init; }
}
