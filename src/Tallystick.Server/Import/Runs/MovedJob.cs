namespace Tallystick.Server.Import.Runs;

/// <summary>A job that is under way, as the other system calls it and as its routes do here.</summary>
internal sealed record MovedJob(string ReferenceId, string JobId, string HoldId);
