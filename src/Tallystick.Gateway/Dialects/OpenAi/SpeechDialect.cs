using System.Collections.Frozen;
using System.Text;

namespace Tallystick.Gateway.Dialects.OpenAi;

/// <summary>
/// <c>/v1/audio/speech</c>: the answer is audio, which tells of no usage; the characters of the request are paid.
/// </summary>
internal sealed class SpeechDialect : OpenAiDialect
{
    private static readonly FrozenSet<string> KnownFields =
        FrozenSet.Create("model", "input", "voice", "instructions", "response_format", "speed", "stream_format");

    /// <summary>Slow speech has some ten characters a second, and a second some 20 tokens.</summary>
    private const long TokensPerCharacter = 4;

    public override string Name => "speech";
    public override ResponseShape Response => ResponseShape.Audio;
    public override bool AnswersInJson => false;
    public override bool TakesBound => false;
    public override string PathFor(string model) => "audio/speech";

    protected override FrozenSet<string> Known => KnownFields;

    protected override ModelCall Read(CallBody body, PromptSize size)
    {
        var input = Fields.Word(body.Root, "input") ?? throw new CallException("input", "You must provide an input.");
        long characters = input.EnumerateRunes().Count();
        return new()
        {
            Model = Fields.Model(body.Root),
            AsksForUsage = true,
            Characters = characters,
            OutputTokensMax = Math.Max(1, characters * TokensPerCharacter),
            MayAnswerInAudio = true,
            Size = size.Size,
        };
    }
}
