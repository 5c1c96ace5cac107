using System.Collections.Immutable;
using Tallystick.Contracts.Upstreams;
using Tallystick.Core.Projects;
using Tallystick.Engine;
using Tallystick.Gateway.Dialects;

namespace Tallystick.Gateway.Upstreams;

/// <summary>The upstreams of a project, and which of them a model's name leads to. Immutable.</summary>
internal sealed class UpstreamBook
{
    private readonly ImmutableArray<UpstreamConfig> _upstreams;

    private UpstreamBook(ImmutableArray<UpstreamConfig> upstreams) => _upstreams = upstreams;

    public IReadOnlyList<UpstreamConfig> Upstreams => _upstreams;

    /// <summary>The built-in echo is there unless the project has put one of that name itself.</summary>
    public static UpstreamBook Of(int project, ImmutableArray<Upstream> upstreams, SecretBox box)
    {
        var configured =
            upstreams.Select(upstream => UpstreamConfig.Of(project, upstream, box)).OfType<UpstreamConfig>();
        var hasEcho = upstreams.Any(upstream => upstream.Name == WellKnownUpstreams.Echo);
        return new(
        [
            .. (hasEcho ? configured : configured.Append(UpstreamConfig.Echo))
                .OrderBy(upstream => upstream.Name, StringComparer.Ordinal),
        ]);
    }

    /// <summary>
    /// Where a call for a model goes: to the upstream that has it under this name; else, for <c>upstream/model</c>, to
    /// that upstream; else to the one upstream whose provider has a price for it. Names match exactly.
    /// </summary>
    /// <param name="hasPrice">Whether a provider's model has a price.</param>
    /// <returns>The route first, its fallbacks after it; empty if there is none, or if several upstreams could be
    /// meant.</returns>
    public ImmutableArray<ModelRoute> Resolve(
        string model, ProviderFamily family, Func<string, string, bool> hasPrice)
    {
        if (Find(model, family, hasPrice) is not { } first) return [];
        var fallbacks =
            from name in first.Options?.Fallbacks ?? []
            let route = ByPrefix(name, family)
            where route is not null && hasPrice(route.Upstream.Provider, route.Model)
            select route;
        return [first, .. fallbacks];
    }

    private ModelRoute? Find(string model, ProviderFamily family, Func<string, string, bool> hasPrice)
    {
        foreach (var upstream in _upstreams)
            if (upstream.Speaks(family) && upstream.Models.TryGetValue(model, out var options))
                return Priced(new(upstream, options.Name ?? model, options));
        if (NamesUpstream(model)) return ByPrefix(model, family) is { } named ? Priced(named) : null;
        // The echo has every model, but it is meant only where it is named.
        var echo = _upstreams.FirstOrDefault(upstream => upstream.Family is null && upstream.Name == model);
        if (echo is not null) return Priced(new(echo, model, null));
        var offers = _upstreams
            .Where(upstream => upstream.Family == family && hasPrice(upstream.Provider, model)).Take(2).ToList();
        return offers.Count == 1 ? new(offers[0], model, null) : null;

        ModelRoute? Priced(ModelRoute route) => hasPrice(route.Upstream.Provider, route.Model) ? route : null;
    }

    /// <summary>Whether or not that upstream speaks the dialect: it is meant, and no other.</summary>
    private bool NamesUpstream(string model) => _upstreams.Any(upstream =>
        model.Length > upstream.Name.Length && model[upstream.Name.Length] == '/'
        && model.StartsWith(upstream.Name, StringComparison.Ordinal));

    private ModelRoute? ByPrefix(string name, ProviderFamily family)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return null;
        var upstream = _upstreams.FirstOrDefault(one => one.Speaks(family) && one.Name == name[..slash]);
        if (upstream is null) return null;
        var model = name[(slash + 1)..];
        return upstream.Models.TryGetValue(model, out var options)
            ? new(upstream, options.Name ?? model, options)
            : new(upstream, model, null);
    }
}
