using Tallystick.Core.Journal;

namespace Tallystick.Engine.Reads;

/// <summary>Part of a list.</summary>
/// <param name="Next">The list goes on with what is older than this; none when it is over.</param>
public sealed record ThingPage<T>(IReadOnlyList<T> Things, ThingNumber Next);
