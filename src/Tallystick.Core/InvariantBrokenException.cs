using System.Runtime.CompilerServices;

namespace Tallystick.Core;

/// <summary>
/// A bug: the books would stop to hold. Nobody catches it but the edges, which answer nothing as done.
/// </summary>
public sealed class InvariantBrokenException : Exception
{
    public InvariantBrokenException() { }
    public InvariantBrokenException(string message) : base(message) { }
    public InvariantBrokenException(string message, Exception inner) : base(message, inner) { }

    /// <param name="id">The invariant's number in docs/invariants.md.</param>
    public static void Require(
        bool holds, string id, [InterpolatedStringHandlerArgument(nameof(holds))] ref FailureText text)
    {
        if (!holds) throw new InvariantBrokenException($"{id}: {text.ToString()}");
    }

    /// <summary>Builds the message only when it is needed: guards stand on hot paths.</summary>
    [InterpolatedStringHandler]
    public ref struct FailureText
    {
        private DefaultInterpolatedStringHandler _inner;

        public FailureText(int literalLength, int formattedCount, bool holds, out bool wanted)
        {
            wanted = !holds;
            _inner = wanted ? new(literalLength, formattedCount) : default;
        }

        public void AppendLiteral(string value) => _inner.AppendLiteral(value);
        public void AppendFormatted<T>(T value) => _inner.AppendFormatted(value);
        public override string ToString() => _inner.ToString();
    }
}
