using System.Collections.Frozen;
using System.Text.Json;

namespace Tallystick.Gateway.Dialects.OpenAi;

/// <summary><c>/v1/completions</c>: each prompt of a list is answered by itself.</summary>
internal sealed class CompletionsDialect : OpenAiDialect
{
    private static readonly FrozenSet<string> KnownFields = FrozenSet.Create(
        "model", "prompt", "best_of", "echo", "frequency_penalty", "logit_bias", "logprobs", "max_tokens", "n",
        "presence_penalty", "seed", "stop", "stream", "stream_options", "suffix", "temperature", "top_p", "user",
        "min_p", "top_k", "repetition_penalty");

    private const int PromptsMax = 128;

    public override string Name => "completions";
    public override ResponseShape Response => ResponseShape.Chat;
    public override string PathFor(string model) => "completions";

    protected override FrozenSet<string> Known => KnownFields;

    protected override ModelCall Read(CallBody body, PromptSize size)
    {
        var root = body.Root;
        var shown = Fields.Integer(root, "n", 1, ChoicesMax) ?? 1;
        var generated = Fields.Integer(root, "best_of", 1, ChoicesMax) ?? shown;
        return new()
        {
            Model = Fields.Model(root),
            IsStream = Fields.Flag(root, "stream"),
            AsksForUsage = AsksForUsage(root),
            Choices = (int)Math.Max(shown, generated) * Prompts(root),
            OutputTokensMax = Fields.Integer(root, "max_tokens", 1, Fields.OutputTokensMax),
            Size = size.Size,
        };
    }

    /// <summary>A list of texts or of lists of tokens is several prompts; one of tokens is one.</summary>
    private static int Prompts(JsonElement root)
    {
        var prompts = Fields.List(root, "prompt");
        if (prompts.FirstOrDefault().ValueKind is JsonValueKind.Undefined or JsonValueKind.Number) return 1;
        return prompts.Count() is <= PromptsMax and var count
            ? count
            : throw new CallException("prompt", $"prompt must have at most {PromptsMax} entries.");
    }
}
