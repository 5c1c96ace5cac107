using System.Collections.Frozen;
using System.Text;
using Tallystick.Gateway.Wire;

namespace Tallystick.Gateway.Dialects.OpenAi;

/// <summary>
/// <c>/v1/audio/transcriptions</c> and <c>/v1/audio/translations</c>: a form with a file, paid by its length.
/// </summary>
internal sealed class TranscriptionDialect(bool translates) : Dialect
{
    /// <summary>Speech at 6 kbit/s, the least that is in use.</summary>
    private const long BytesPerSecondMin = 750;

    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        "file", "model", "chunking_strategy", "include[]", "known_speaker_names[]", "known_speaker_references[]",
        "language", "prompt", "response_format", "stream", "temperature", "timestamp_granularities[]");

    public override string Name => translates ? "translations" : "transcriptions";
    public override ProviderFamily Family => ProviderFamily.OpenAi;
    public override ResponseShape Response => ResponseShape.Audio;
    public override bool AnswersInJson => false;
    public override bool TakesBound => false;
    public override string PathFor(string model) => translates ? "audio/translations" : "audio/transcriptions";

    public override ModelCall Read(CallBody body)
    {
        var form = body.Form!;
        if (form.Text("model") is not { Length: > 0 and <= Fields.NameMax } model)
            throw new CallException("model", "You must provide a model.");
        var file = form.Locate("file")?.Length ?? throw new CallException("file", "You must provide a file.");
        return new()
        {
            Model = model,
            Beyond = [.. form.Names.Where(name => !Known.Contains(name))],
            IsStream = form.Text("stream") is "true",
            AsksForUsage = true,
            Seconds = (file / BytesPerSecondMin) + 1,
            Size = new(body.Bytes.Length - file, Images: 0, AudioBytes: file, ProviderTools: 0),
        };
    }

    public override BodyEdits Rewrite(CallBody body, CallChange change)
    {
        var edits = new BodyEdits(body.Bytes);
        if (change.Model is { } model && body.Form!.Locate("model") is var (start, length))
            edits.Replace(start, length, Encoding.UTF8.GetBytes(model));
        return edits;
    }
}
