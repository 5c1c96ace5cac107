using System.Collections.Immutable;
using Tallystick.Core.Usage;
using Tallystick.Gateway.Dialects.Usage;
using Tallystick.Gateway.Wire;

namespace Tallystick.Gateway.Dialects;

/// <summary>
/// Where an API's responses say what concerns the ledger, in a whole body and in the events of a stream alike.
/// </summary>
internal sealed class ResponseShape
{
    private readonly Func<UsageObject, ImmutableArray<MeteredUsage>> _read;

    private ResponseShape(
        Func<UsageObject, ImmutableArray<MeteredUsage>> read,
        params ReadOnlySpan<(string Path, PathUse Use, int Tag)> paths)
    {
        _read = read;
        Paths = JsonPaths.Of(paths);
    }

    public JsonPaths Paths { get; }
    public ImmutableArray<MeteredUsage> Read(UsageObject usage) => _read(usage);

    /// <summary>Chat completions and legacy completions, as OpenAI and the many who follow it send them.</summary>
    public static readonly ResponseShape Chat = new(
        usage => [OpenAiUsage.ReadChat(usage)],
        ("usage", PathUse.Capture, Tags.Usage),
        ("x_groq.usage", PathUse.Capture, Tags.Usage),
        ("model", PathUse.Capture, Tags.Model),
        ("service_tier", PathUse.Capture, Tags.ServiceTier),
        ("choices", PathUse.Elements, Tags.Choice),
        ("choices.text", PathUse.Text, Tags.Output),
        ("choices.delta.content", PathUse.Text, Tags.Output),
        ("choices.delta.reasoning_content", PathUse.Text, Tags.Output),
        ("choices.delta.reasoning", PathUse.Text, Tags.Output),
        ("choices.delta.content.text", PathUse.Text, Tags.Output),
        ("choices.delta.content.thinking.text", PathUse.Text, Tags.Output),
        ("choices.delta.refusal", PathUse.Text, Tags.Output),
        ("choices.delta.function_call.arguments", PathUse.Text, Tags.Output),
        ("choices.delta.tool_calls.function.arguments", PathUse.Text, Tags.Output),
        ("choices.message.content", PathUse.Text, Tags.Output),
        ("choices.message.content.text", PathUse.Text, Tags.Output),
        ("choices.message.content.thinking.text", PathUse.Text, Tags.Output),
        ("choices.message.refusal", PathUse.Text, Tags.Output),
        ("choices.message.function_call.arguments", PathUse.Text, Tags.Output),
        ("choices.message.reasoning_content", PathUse.Text, Tags.Output),
        ("choices.message.reasoning", PathUse.Text, Tags.Output),
        ("choices.message.tool_calls.function.arguments", PathUse.Text, Tags.Output),
        ("error", PathUse.Capture, Tags.Error));

    /// <summary>Embeddings: each element of <c>data</c> is one.</summary>
    public static readonly ResponseShape Embeddings = new(
        usage => [OpenAiUsage.Read(usage).ToUsage()],
        ("usage", PathUse.Capture, Tags.Usage),
        ("model", PathUse.Capture, Tags.Model),
        ("data", PathUse.Elements, Tags.Vector),
        ("error", PathUse.Capture, Tags.Error));

    public static readonly ResponseShape Responses = new(
        usage => [OpenAiUsage.Read(usage).ToUsage()],
        ("usage", PathUse.Capture, Tags.Usage),
        ("response.usage", PathUse.Capture, Tags.Usage),
        ("model", PathUse.Capture, Tags.Model),
        ("response.model", PathUse.Capture, Tags.Model),
        ("service_tier", PathUse.Capture, Tags.ServiceTier),
        ("response.service_tier", PathUse.Capture, Tags.ServiceTier),
        ("type", PathUse.Capture, Tags.Event),
        ("delta", PathUse.Text, Tags.Output),
        ("output.type", PathUse.Capture, Tags.OutputItem),
        ("response.output.type", PathUse.Capture, Tags.OutputItem),
        ("output.content.text", PathUse.Text, Tags.Output),
        ("output.arguments", PathUse.Text, Tags.Output),
        ("error", PathUse.Capture, Tags.Error),
        ("response.error", PathUse.Capture, Tags.Error));

    public static readonly ResponseShape Messages = new(
        AnthropicUsage.Read,
        ("usage", PathUse.Capture, Tags.Usage),
        ("message.usage", PathUse.Capture, Tags.Usage),
        ("model", PathUse.Capture, Tags.Model),
        ("message.model", PathUse.Capture, Tags.Model),
        ("type", PathUse.Capture, Tags.Event),
        ("content.text", PathUse.Text, Tags.Output),
        ("content.thinking", PathUse.Text, Tags.Output),
        ("delta.text", PathUse.Text, Tags.Output),
        ("delta.thinking", PathUse.Text, Tags.Output),
        ("delta.partial_json", PathUse.Text, Tags.Output),
        ("error", PathUse.Capture, Tags.Error));

    public static readonly ResponseShape Gemini = new(
        usage => [GeminiUsage.Read(usage).ToUsage(serviceTier: GeminiUsage.TierOf(usage))],
        ("usageMetadata", PathUse.Capture, Tags.Usage),
        ("modelVersion", PathUse.Capture, Tags.Model),
        ("candidates.content.parts.text", PathUse.Text, Tags.Output),
        ("error", PathUse.Capture, Tags.Error));

    public static readonly ResponseShape GeminiInteractions = new(
        usage => [GeminiUsage.ReadInteraction(usage).ToUsage()],
        ("usage", PathUse.Capture, Tags.Usage),
        ("interaction.usage", PathUse.Capture, Tags.Usage),
        ("model", PathUse.Capture, Tags.Model),
        ("interaction.model", PathUse.Capture, Tags.Model),
        ("service_tier", PathUse.Capture, Tags.ServiceTier),
        ("interaction.service_tier", PathUse.Capture, Tags.ServiceTier),
        ("error", PathUse.Capture, Tags.Error));

    public static readonly ResponseShape Bedrock = new(
        usage => [OtherUsage.ReadBedrock(usage).ToUsage()],
        ("usage", PathUse.Capture, Tags.Usage),
        ("metadata.usage", PathUse.Capture, Tags.Usage));

    public static readonly ResponseShape Cohere = new(
        usage => [OtherUsage.ReadCohere(usage).ToUsage()],
        ("usage", PathUse.Capture, Tags.Usage),
        ("meta", PathUse.Capture, Tags.Usage),
        ("delta.usage", PathUse.Capture, Tags.Usage));

    /// <summary>
    /// Images: each element of <c>data</c> is one, and each that a stream says is complete, whatever else is said.
    /// </summary>
    public static readonly ResponseShape Images = new(
        usage => [OpenAiUsage.ReadImages(usage).ToUsage()],
        ("usage", PathUse.Capture, Tags.Usage),
        ("data", PathUse.Elements, Tags.Image),
        ("type", PathUse.Capture, Tags.Event),
        ("error", PathUse.Capture, Tags.Error));

    /// <summary>Transcriptions and speech: usage where there is one, else the length of the audio.</summary>
    public static readonly ResponseShape Audio = new(
        usage => [OpenAiUsage.Read(usage).Add(Unit.Seconds, OpenAiUsage.AudioOf(usage)).ToUsage()],
        ("usage", PathUse.Capture, Tags.Usage),
        ("duration", PathUse.Capture, Tags.Duration),
        ("type", PathUse.Capture, Tags.Event),
        ("text", PathUse.Text, Tags.Output),
        ("error", PathUse.Capture, Tags.Error));
}
