namespace Tallystick.Server.Export;

/// <summary>What an export contains.</summary>
internal readonly record struct ExportCounts(long Entries, long Chains, long Seals);
