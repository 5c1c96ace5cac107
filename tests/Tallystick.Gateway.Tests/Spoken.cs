namespace Tallystick.Gateway.Tests;

/// <summary>What is said again and again in these tests.</summary>
internal static class Spoken
{
    public const string Ask = """{"model":"gpt-5","max_tokens":10,"messages":[{"role":"user","content":"Hi"}]}""";
    public const string AskStream =
        """{"model":"gpt-5","max_tokens":10,"stream":true,"messages":[{"role":"user","content":"Hi"}]}""";

    /// <summary>Seven tokens in, three out: 13 credits.</summary>
    public const string Answer = """
        {"id":"c","model":"gpt-5-2026","choices":[{"message":{"content":"Hello"}}],
         "usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}
        """;

    /// <summary>The same in a stream.</summary>
    public static readonly string[] Stream =
    [
        "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"lo\"}}]}\n\n",
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}\n\n",
        "data: [DONE]\n\n",
    ];
}
