using System.Collections.Frozen;
using System.Text.Json;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Upstreams;
using Tallystick.Core.Projects;
using Tallystick.Engine;
using Tallystick.Gateway.Dialects;

namespace Tallystick.Gateway.Upstreams;

/// <summary>An upstream, ready to be called.</summary>
internal sealed record UpstreamConfig
{
    public required string Name { get; init; }

    /// <summary>Null for the built-in echo, which speaks every dialect.</summary>
    public ProviderFamily? Family { get; init; }

    /// <summary>Null for the echo.</summary>
    public Uri? BaseUrl { get; init; }
    public required string Provider { get; init; }

    /// <summary>Never in a log, an answer or an exception; null where the upstream takes none.</summary>
    public string? Key { get; init; }
    public FrozenDictionary<string, UpstreamModel> Models { get; init; } =
        FrozenDictionary<string, UpstreamModel>.Empty;
    public FrozenSet<string> Forward { get; init; } = [];
    public bool ClampsWhenShort { get; init; }
    public bool BoundsByHistory { get; init; }
    public string MaxTokensField { get; init; } = WellKnownUpstreams.MaxTokens;
    public bool AsksForUsage { get; init; } = true;
    public int Attempts { get; init; } = 1;
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(120);
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(120);
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromHours(1);
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What the key is shown as wherever an upstream may be written out.</summary>
    public override string ToString() => $"upstream {Name}";

    public bool Speaks(ProviderFamily family) => Family is null || Family == family;

    public static readonly UpstreamConfig Echo = new()
    {
        Name = WellKnownUpstreams.Echo, Provider = WellKnownUpstreams.Echo,
    };

    /// <summary>Null for one that is switched off, or whose key was sealed by another server.</summary>
    public static UpstreamConfig? Of(int project, Upstream upstream, SecretBox box)
    {
        var options = JsonSerializer.Deserialize(upstream.Options, ContractsJson.Default.UpstreamRequest)!;
        if (options.Enabled == false) return null;
        var place = Upstream.PlaceOfKey(project, upstream.Name);
        var key = upstream.SealedKey.IsEmpty ? null : box.Open(upstream.SealedKey.AsSpan(), place);
        if (key is null && !upstream.SealedKey.IsEmpty) return null;
        var timeouts = options.Timeouts!;
        return new()
        {
            Name = upstream.Name,
            Family = options.Kind switch
            {
                WellKnownUpstreams.Anthropic => ProviderFamily.Anthropic,
                WellKnownUpstreams.Gemini => ProviderFamily.Gemini,
                WellKnownUpstreams.Echo => null,
                _ => ProviderFamily.OpenAi,
            },
            BaseUrl = options.BaseUrl is null ? null : new(options.BaseUrl),
            Provider = options.Provider!,
            Key = key,
            Models = options.Models!.ToFrozenDictionary(StringComparer.Ordinal),
            Forward = options.Forward!.ToFrozenSet(StringComparer.Ordinal),
            ClampsWhenShort = options.WhenShort == "clamp",
            BoundsByHistory = options.OutputBound == "history",
            MaxTokensField = options.MaxTokensField!,
            AsksForUsage = options.AsksForUsage ?? true,
            Attempts = options.Attempts!.Value,
            FirstByteTimeout = TimeSpan.FromSeconds(timeouts.FirstByteSeconds!.Value),
            IdleTimeout = TimeSpan.FromSeconds(timeouts.IdleSeconds!.Value),
            TotalTimeout = TimeSpan.FromSeconds(timeouts.TotalSeconds!.Value),
            DrainTimeout = TimeSpan.FromSeconds(timeouts.DrainSeconds!.Value),
        };
    }
}
