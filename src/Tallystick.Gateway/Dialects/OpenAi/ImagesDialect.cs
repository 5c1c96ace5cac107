using System.Collections.Frozen;

namespace Tallystick.Gateway.Dialects.OpenAi;

/// <summary><c>/v1/images/generations</c>: paid by the image or by its tokens, as the price says.</summary>
internal sealed class ImagesDialect : OpenAiDialect
{
    private static readonly FrozenSet<string> KnownFields = FrozenSet.Create(
        "model", "prompt", "background", "moderation", "n", "output_compression", "output_format", "partial_images",
        "quality", "response_format", "size", "stream", "style", "user");

    private const int ImagesMax = 10;
    private const int PartialsMax = 3;

    /// <summary>gpt-image at 1024×1536 in high quality: 6,208; a partial image adds 100.</summary>
    private const long ImageTokensMax = 6_240;
    private const long PartialTokens = 100;

    public override string Name => "images";
    public override ResponseShape Response => ResponseShape.Images;
    public override bool TakesBound => false;
    public override string PathFor(string model) => "images/generations";

    protected override FrozenSet<string> Known => KnownFields;

    protected override ModelCall Read(CallBody body, PromptSize size)
    {
        var images = (int)(Fields.Integer(body.Root, "n", 1, ImagesMax) ?? 1);
        var partials = Fields.Integer(body.Root, "partial_images", 0, PartialsMax) ?? 0;
        return new()
        {
            Model = Fields.Model(body.Root),
            IsStream = Fields.Flag(body.Root, "stream"),
            AsksForUsage = true,
            Choices = images,
            Images = images,
            OutputTokensMax = ImageTokensMax + (partials * PartialTokens),
            MayAnswerInImages = true,
            Size = size.Size,
        };
    }
}
