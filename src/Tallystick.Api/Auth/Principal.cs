using Tallystick.Core.Journal;

namespace Tallystick.Api.Auth;

/// <summary>Who calls: a key of a project, with its role.</summary>
internal sealed record Principal(int Project, ThingNumber Key, KeyRole Role, string Name);
