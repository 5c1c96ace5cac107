using Tallystick.Contracts.Generations;

namespace Tallystick.Contracts.Gateway;

/// <summary>The table of the gateway's routes.</summary>
public static class GatewayRoutes
{
    private const string OpenAi = "OpenAI", Anthropic = "Anthropic", Google = "Google", OpenRouter = "OpenRouter";
    private const string Messages = """[{"role":"user","content":"Good morning"}]""";
    private const string Contents = """{"contents":[{"role":"user","parts":[{"text":"Good morning"}]}]}""";

    public static readonly IReadOnlyList<GatewayRoute> All =
    [
        Call(OpenAi, "/v1/chat/completions", "create_chat_completion", "Chat with a model")
            with { Streams = true, Sample = $$"""{"model":"echo","messages":{{Messages}}}""" },
        Call(OpenAi, "/v1/responses", "create_response", "Create a model response")
            with { Streams = true, Sample = """{"model":"echo","input":"Good morning"}""" },
        Call(OpenAi, "/v1/completions", "create_completion", "Complete a prompt")
            with { Streams = true, Sample = """{"model":"echo","prompt":"Good morning"}""" },
        Call(OpenAi, "/v1/embeddings", "create_embedding", "Embed texts")
            with { Sample = """{"model":"echo","input":["Good morning"]}""" },
        Call(OpenAi, "/v1/images/generations", "create_image", "Create images")
            with { Sample = """{"model":"gpt-image-1","prompt":"A horse"}""" },
        Call(OpenAi, "/v1/audio/speech", "create_speech", "Speak a text")
            with { Sample = """{"model":"tts-1","voice":"alloy","input":"Good morning"}""" },
        Call(OpenAi, "/v1/audio/transcriptions", "create_transcription", "Write down what is said")
            with { IsForm = true },
        Call(OpenAi, "/v1/audio/translations", "create_translation", "Write down in English what is said")
            with { IsForm = true },
        Read(OpenAi, "/v1/models", "list_models", "List the models that can be called"),
        Read(OpenAi, "/v1/models/{model}", "get_model", "Show a model that can be called"),
        Call(Anthropic, "/v1/messages", "create_message", "Send messages to a model") with
        {
            Streams = true, Sample = $$"""{"model":"echo","max_tokens":100,"messages":{{Messages}}}""",
        },
        Free(Anthropic, "/v1/messages/count_tokens", "count_message_tokens", "Count the tokens of messages")
            with { Sample = $$"""{"model":"echo","messages":{{Messages}}}""" },
        Call(Google, "/v1beta/models/{model}:generateContent", "generate_content", "Generate content")
            with { Sample = Contents },
        Call(Google, "/v1beta/models/{model}:streamGenerateContent", "stream_generate_content",
            "Generate content piece by piece") with { Streams = true, Sample = Contents },
        Free(Google, "/v1beta/models/{model}:countTokens", "count_content_tokens", "Count the tokens of contents")
            with { Sample = Contents },
        Read(Google, "/v1beta/models", "list_content_models", "List the models that can be called, for Google's SDKs"),
        Read(OpenRouter, "/v1/credits", "get_credits", "Show what was ever granted, used and is left"),
        Read(OpenRouter, "/v1/key", "get_key_limits", "Show what the key may still spend"),
        Read(OpenRouter, "/v1/generation", "get_call", "Show what a call was and cost") with { Query = "id" },
        Own("/api/v1/generate", "generate", "Run a model and charge for it once it has succeeded")
            with { Sample = """{"model":"echo","prompt":"Good morning"}""" },
        Own("/api/v1/generations", "create_generation", "Run a model, in the background if asked")
            with { Sample = """{"model":"echo","prompt":"Good morning","async":true}""" },
        new("GET", "/api/v1/generations/{id}", "get_generation", "Show a generation")
        {
            Gives = typeof(GenerationResponse),
        },
        new("POST", "/api/v1/generations/{id}/cancel", "cancel_generation", "Cancel a generation that is running")
        {
            Gives = typeof(GenerationResponse),
        },
    ];

    private static GatewayRoute Call(string provider, string pattern, string name, string summary) =>
        Free(provider, pattern, name, summary) with { IsCharged = true };

    private static GatewayRoute Free(string provider, string pattern, string name, string summary) =>
        new("POST", pattern, name, summary) { Provider = provider };

    private static GatewayRoute Read(string provider, string pattern, string name, string summary) =>
        new("GET", pattern, name, summary) { Provider = provider };

    private static GatewayRoute Own(string pattern, string name, string summary) => new("POST", pattern, name, summary)
    {
        Takes = typeof(GenerateRequest), Gives = typeof(GenerationResponse), Status = 201, IsCharged = true,
    };
}
