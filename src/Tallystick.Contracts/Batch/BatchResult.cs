using System.Text.Json;

namespace Tallystick.Contracts.Batch;

/// <summary>The answer that the operation would have had alone. 503 is safe to send again.</summary>
public sealed record BatchResult(int Status, bool Replayed, JsonElement Body);
