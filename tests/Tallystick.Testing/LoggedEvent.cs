using Microsoft.Extensions.Logging;

namespace Tallystick.Testing;

/// <summary>One event of a log.</summary>
public sealed record LoggedEvent(
    string Name, LogLevel Level, string Message, IReadOnlyDictionary<string, string> Fields);
