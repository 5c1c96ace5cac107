using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Tallystick.Contracts.Reports;

/// <summary>What one model came to.</summary>
public sealed record ModelUsage : UsageFigures
{
    [JsonConstructor]
    public ModelUsage() { }

    [SetsRequiredMembers]
    public ModelUsage(UsageFigures figures, string? model) : base(figures) => Model = model;

    /// <summary>Null: what names none, and what is beyond the thousand most used.</summary>
    public string? Model { get; init; }
}
