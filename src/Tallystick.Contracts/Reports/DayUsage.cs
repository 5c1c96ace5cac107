using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Tallystick.Contracts.Reports;

/// <summary>What one day came to.</summary>
public sealed record DayUsage : UsageFigures
{
    [JsonConstructor]
    public DayUsage() { }

    [SetsRequiredMembers]
    public DayUsage(UsageFigures figures, string date) : base(figures) => Date = date;

    /// <summary>In the report's time zone.</summary>
    public required string Date { get; init; }
}
