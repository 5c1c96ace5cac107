namespace Tallystick.Engine.Audit;

/// <summary>How far an audit has come, in entries.</summary>
public readonly record struct AuditProgress(long Done, long Total);
