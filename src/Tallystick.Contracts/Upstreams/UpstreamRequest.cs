namespace Tallystick.Contracts.Upstreams;

/// <summary>
/// Body of <c>PUT /api/v1/upstreams/{name}</c>: the whole upstream; only the key stays as it is when it is not given.
/// Under a well-known name the key alone is enough.
/// </summary>
public sealed record UpstreamRequest
{
    /// <summary>
    /// Whose API it speaks: <c>openai</c>, <c>anthropic</c>, <c>gemini</c>, or the built-in <c>echo</c>.
    /// </summary>
    public string? Kind { get; init; }

    /// <summary>Up to and without the path of the call: <c>https://api.openai.com/v1</c>.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>Whose prices apply; default: the upstream's name.</summary>
    public string? Provider { get; init; }

    /// <summary>The provider's key: encrypted, and never shown again.</summary>
    public string? Key { get; init; }

    /// <summary>Default true; false keeps the upstream but sends it nothing.</summary>
    public bool? Enabled { get; init; }

    /// <summary>
    /// Models by the names that clients use. Others are passed on by their own name if they have a price.
    /// </summary>
    public IReadOnlyDictionary<string, UpstreamModel>? Models { get; init; }

    /// <summary>Parameters and provider's tools, beyond those that are known, that clients may send.</summary>
    public IReadOnlyList<string>? Forward { get; init; }

    /// <summary>
    /// What to do when the balance does not cover the worst case: <c>refuse</c> (default) or <c>clamp</c> the output.
    /// </summary>
    public string? WhenShort { get; init; }

    /// <summary>
    /// What bounds an answer whose request does not: the <c>model</c> (default), or the account's <c>history</c> with
    /// it.
    /// </summary>
    public string? OutputBound { get; init; }

    /// <summary><c>max_tokens</c> or <c>max_completion_tokens</c>: the one that this provider takes in chats.</summary>
    public string? MaxTokensField { get; init; }

    /// <summary>
    /// Default true: the usage of a stream of chat is asked for (<c>stream_options</c>). False for a provider that
    /// refuses to be asked, as <c>mistral</c> does, which tells it unasked.
    /// </summary>
    public bool? AsksForUsage { get; init; }

    /// <summary>Tries of one call on this upstream, as long as nothing was answered; 1 to 5, default 2.</summary>
    public int? Attempts { get; init; }
    public UpstreamTimeouts? Timeouts { get; init; }
}
