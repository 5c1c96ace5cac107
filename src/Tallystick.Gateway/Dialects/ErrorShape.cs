namespace Tallystick.Gateway.Dialects;

/// <summary>In which object an error is told.</summary>
internal enum ErrorShape
{
    OpenAi,
    Anthropic,
    Gemini,

    /// <summary>The ledger's own: application/problem+json.</summary>
    Problem,
}
