namespace Tallystick.Contracts.Batch;

/// <summary>What each operation came to, in the order asked.</summary>
public sealed record BatchResponse(IReadOnlyList<BatchResult> Results);
