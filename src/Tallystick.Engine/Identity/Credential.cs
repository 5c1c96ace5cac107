using System.Net;

namespace Tallystick.Engine.Identity;

/// <summary>What somebody shows.</summary>
/// <param name="Project">The header <see cref="Bearers.ProjectHeader"/>; null: the first project.</param>
/// <param name="From">Whom this server speaks with; null where that has no address.</param>
public readonly record struct Credential(string Secret, string? Project, IPAddress? From);
