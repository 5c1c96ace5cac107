using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Tallystick.Contracts.Reports;

/// <summary>What one value of a metadata key came to.</summary>
public sealed record KeyUsage : UsageFigures
{
    [JsonConstructor]
    public KeyUsage() { }

    [SetsRequiredMembers]
    public KeyUsage(UsageFigures figures, string? value) : base(figures) => Value = value;

    /// <summary>Null: what has none, and what is beyond the thousand most used.</summary>
    public string? Value { get; init; }
}
