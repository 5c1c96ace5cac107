using Tallystick.Core.Licenses;
using Tallystick.Core.Time;

namespace Tallystick.Engine.Identity;

/// <summary>A licence as it is now.</summary>
/// <param name="At">The present of the account that has it.</param>
public sealed record PresentLicense(License License, LicensePlace Place, Instant At);
