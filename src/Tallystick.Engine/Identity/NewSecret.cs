using System.Collections.Immutable;

namespace Tallystick.Engine.Identity;

/// <summary>A secret that has just been made up, with what is stored of it.</summary>
public sealed record NewSecret(string Secret, ImmutableArray<byte> Mac, string Hint);
