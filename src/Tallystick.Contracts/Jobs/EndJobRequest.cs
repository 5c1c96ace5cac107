namespace Tallystick.Contracts.Jobs;

/// <summary>Body of <c>POST /api/v1/jobs/{id}/complete</c> and <c>/fail</c>.</summary>
public sealed record EndJobRequest
{
    /// <summary>Default: all rows for complete, none for fail.</summary>
    public long? RowsDone { get; init; }

    /// <summary>As for a capture, where more rows were done than planned.</summary>
    public string? Mode { get; init; }
}
