using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;

namespace Tallystick.Core.Projects;

/// <summary>A key that may call the API. Only a keyed hash of it is kept.</summary>
public sealed record ApiKey(
    ThingNumber Number, KeyRole Role, string Name, ImmutableArray<byte> Mac, string Hint, Instant CreatedAt,
    Instant? RevokedAt);
