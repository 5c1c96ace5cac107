using System.Collections.Frozen;

namespace Tallystick.Gateway.Dialects.OpenAi;

/// <summary><c>/v1/embeddings</c>: input only.</summary>
internal sealed class EmbeddingsDialect : OpenAiDialect
{
    private static readonly FrozenSet<string> KnownFields =
        FrozenSet.Create("model", "input", "dimensions", "encoding_format", "user", "input_type");

    public override string Name => "embeddings";
    public override ResponseShape Response => ResponseShape.Embeddings;
    public override string PathFor(string model) => "embeddings";

    protected override FrozenSet<string> Known => KnownFields;

    protected override ModelCall Read(CallBody body, PromptSize size) => new()
    {
        Model = Fields.Model(body.Root), Size = size.Size, HasOutput = false,
    };
}
