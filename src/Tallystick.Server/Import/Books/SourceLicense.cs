using Tallystick.Core.Time;

namespace Tallystick.Server.Import.Books;

/// <summary>A licence of another system.</summary>
/// <param name="CreatedAt">Null where the other system does not say.</param>
internal sealed record SourceLicense(string Key, string Name, bool IsActive, Instant? CreatedAt, Instant? ExpiresAt);
