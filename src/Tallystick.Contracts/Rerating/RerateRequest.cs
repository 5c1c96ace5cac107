using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Rerating;

/// <summary>
/// Body of <c>POST /api/v1/rerate</c>: brings the charges of a period to what the prices make of them that have been
/// recorded since. Run again, it goes on where it was cut off, and does nothing twice.
/// </summary>
public sealed record RerateRequest
{
    /// <summary>Of the usage: the instant whose prices stand for it, inclusive.</summary>
    public required Timestamp From { get; init; }

    /// <summary>Exclusive.</summary>
    public required Timestamp To { get; init; }

    /// <summary>Only usages of these models, as the usages name them. Absent: of all.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Only these accounts. Absent: all, page by page.</summary>
    public IReadOnlyList<string>? AccountIds { get; init; }

    /// <summary>Goes with every correction, for people.</summary>
    public string? Reason { get; init; }

    /// <summary>Only tells what would change.</summary>
    public bool DryRun { get; init; }

    /// <summary>How many accounts to look at in one request; default 100.</summary>
    public int? Limit { get; init; }

    /// <summary><c>next_cursor</c> of the answer before.</summary>
    public string? Cursor { get; init; }
}
