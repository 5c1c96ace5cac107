namespace Tallystick.Gateway.Dialects.Gemini;

internal enum GeminiMethod { GenerateContent, StreamGenerateContent, CountTokens }
