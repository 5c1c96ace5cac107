using Tallystick.Core.Time;

namespace Tallystick.Core.Projects;

/// <summary>What a project decides for all of its accounts.</summary>
public sealed record ProjectSettings(Duration RefundGrace, Duration MaxHoldLifetime)
{
    public static readonly ProjectSettings Default = new(Duration.FromDays(7), Duration.FromDays(7));
}
