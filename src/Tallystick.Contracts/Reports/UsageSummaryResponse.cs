using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Tallystick.Contracts.Reports;

/// <summary>What an account, or a whole project, used in a period.</summary>
public sealed record UsageSummaryResponse : UsageFigures
{
    [JsonConstructor]
    public UsageSummaryResponse() { }

    [SetsRequiredMembers]
    public UsageSummaryResponse(
        UsageFigures figures, IReadOnlyDictionary<string, ServiceTotals> services, ReportPeriod period)
        : base(figures) => (Services, Period) = (services, period);

    /// <summary>Null: all accounts.</summary>
    public string? AccountId { get; init; }

    /// <summary>By the usage's service, or provider where it names none.</summary>
    public required IReadOnlyDictionary<string, ServiceTotals> Services { get; init; }
    public required ReportPeriod Period { get; init; }
}
