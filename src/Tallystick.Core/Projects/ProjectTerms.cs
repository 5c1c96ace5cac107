using Tallystick.Core.Tiers;

namespace Tallystick.Core.Projects;

/// <summary>What an account's decisions take from its project.</summary>
public sealed record ProjectTerms(ProjectSettings Settings, TierBook Tiers, ICalendar Calendar);
