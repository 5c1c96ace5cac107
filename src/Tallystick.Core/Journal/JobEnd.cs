namespace Tallystick.Core.Journal;

/// <summary>How a job ended, and how many rows were done.</summary>
public sealed record JobEnd(JobOutcome Outcome, long RowsDone);
