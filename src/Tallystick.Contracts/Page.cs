namespace Tallystick.Contracts;

/// <summary>A page of a list; <c>next_cursor</c> goes back as <c>cursor</c> for the next one.</summary>
public sealed record Page<T>(IReadOnlyList<T> Data, bool HasMore, string? NextCursor);
