namespace Tallystick.Gateway.Dialects;

/// <summary>What a request says that pricing, holding and forwarding need to know.</summary>
internal sealed record ModelCall
{
    /// <summary>As the client names it.</summary>
    public required string Model { get; init; }
    public bool IsStream { get; init; }

    /// <summary>A stream's client asked for usage itself; otherwise the event that has it is kept from it.</summary>
    public bool AsksForUsage { get; init; }

    /// <summary>Answers that are generated and paid, whether or not they are shown.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>The bound that the client set for each answer; null: the model's own.</summary>
    public long? OutputTokensMax { get; init; }
    public RequestSize Size { get; init; }

    /// <summary>
    /// False where the prompt holds more than the bytes of the request: a stored conversation, files, or tools that the
    /// provider runs and whose results become input. Then only the model's context window bounds it.
    /// </summary>
    public bool IsBounded { get; init; } = true;

    /// <summary>
    /// Parameters and provider's tools that the dialect does not know, or whose cost no response tells: only an
    /// upstream that lets them through by name may get them.
    /// </summary>
    public IReadOnlyList<string> Beyond { get; init; } = [];

    /// <summary>The service tier asked for, in the provider's word.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>The answer may be spoken or drawn: its tokens may be the dearer ones.</summary>
    public bool MayAnswerInAudio { get; init; }
    public bool MayAnswerInImages { get; init; }

    /// <summary>The prompt may be written to a cache at a dearer rate; some do so only when they are told to.</summary>
    public bool MayWriteCache { get; init; } = true;

    /// <summary>Images to be made.</summary>
    public int Images { get; init; }

    /// <summary>Characters to be spoken.</summary>
    public long Characters { get; init; }

    /// <summary>Seconds of audio that the upload can hold at most.</summary>
    public long Seconds { get; init; }

    /// <summary>The answer has output tokens; embeddings and transcriptions by length have none.</summary>
    public bool HasOutput { get; init; } = true;

    /// <exception cref="CallException">It asks for something beyond what the upstream may get.</exception>
    public void RequireWithin(IReadOnlySet<string> forwarded)
    {
        foreach (var name in Beyond)
            if (!forwarded.Contains(name)) throw new CallException(name, $"Unknown parameter: '{name}'.");
    }
}

/// <summary>How large a prompt is, without counting tokens.</summary>
/// <param name="TextBytes">UTF-8 bytes that may be text. No tokenizer makes more tokens than bytes.</param>
/// <param name="Images">Images in the prompt, inline or by address.</param>
/// <param name="AudioBytes">Bytes of inline audio.</param>
/// <param name="ProviderTools">Tools that the provider describes to the model itself, in words that the request does
/// not hold.</param>
internal readonly record struct RequestSize(long TextBytes, int Images, long AudioBytes, int ProviderTools)
{
    /// <summary>What providers put around a prompt: roles, separators, and the description of tool use.</summary>
    private const long OverheadTokens = 1_024;

    /// <summary>
    /// The most that known models take for an image at its highest detail is 4,784 (Claude); those which take more say
    /// so in the table of models.
    /// </summary>
    public const long ImageTokensMax = 8_192;

    /// <summary>
    /// Speech at 6 kbit/s, the least that is in use, has 750 bytes a second; a model takes up to 32 tokens for one.
    /// </summary>
    private const long AudioBytesPerToken = 16;

    /// <summary>An upper bound for the tokens of the prompt.</summary>
    public long TokensMax(long imageTokensMax) => checked(
        TextBytes + (OverheadTokens * (1 + ProviderTools)) + (Images * imageTokensMax)
        + (AudioBytes / AudioBytesPerToken) + 1);

    /// <summary>The documented estimate, for when a provider does not say: a token for four bytes of text.</summary>
    public long TokensEstimate => checked(((TextBytes + 3) / 4) + (Images * 1_000L) + (AudioBytes / 400));
}
