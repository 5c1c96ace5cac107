using Tallystick.Core.Time;

namespace Tallystick.Core.Journal;

/// <summary>A new grant in place of a source that had expired when its credits came back.</summary>
public readonly record struct Regrant(ThingNumber Source, Instant ExpiresAt);
