using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Models;
using Tallystick.Gateway.Pricing;
using Tallystick.Gateway.Upstreams;

namespace Tallystick.Gateway.Calls;

/// <summary>Finds where a call may go and what it may cost there. Thread-safe.</summary>
internal sealed partial class Planner(Ledger ledger, SecretBox secrets, OutputHistory history)
{
    private readonly ConcurrentDictionary<int, (object Of, UpstreamBook Book)> _books = new();

    /// <summary>Null where no upstream of the project has the model at a price.</summary>
    public async ValueTask<CallPlan?> PlanAsync(CallRequest request, Instant at, CancellationToken cancel)
    {
        var project = request.Holder.Project;
        if (!ModelName().IsMatch(request.Call.Model)) return null;
        if (request.Call.Model.Contains("..", StringComparison.Ordinal)) return null;
        var upstreams = await UpstreamsAsync(project, cancel);
        var chain = ChainKey.OfAccount(project, request.Holder.AccountId);
        var prices = new CallPrices(
            await ledger.FindPricesAsync(project, cancel), at, await TierAsync(request.Holder, at, cancel));
        var resolved = upstreams.Resolve(request.Call.Model, request.Dialect.Family, prices.Has);
        if (!resolved.IsEmpty) request.Call.RequireWithin(resolved[0].Upstream.Forward);
        var routes = resolved
            .Where(route => request.Call.Beyond.All(route.Upstream.Forward.Contains))
            .Select(route => prices.Price(
                route, request.Call, route.Upstream.BoundsByHistory ? history.Bound(chain, route.Model) : null))
            .OfType<PricedRoute>();
        var plan = new CallPlan([.. routes], prices);
        return plan.Routes.IsEmpty ? null : plan;
    }

    private async ValueTask<Func<string, TierRates>> TierAsync(Holder holder, Instant at, CancellationToken cancel)
    {
        var account = await ledger.FindAccountAsync(holder.Project, holder.AccountId, cancel);
        if (account?.Membership is null) return static _ => TierRates.None;
        var envelope = await ledger.EnvelopeAsync(holder.Project, at, cancel);
        var present = AccountRules.At(account, at, envelope.Terms);
        return model => present.TierRates(envelope.Terms, model, at);
    }

    /// <summary>To ask what has a price; what it costs, the account's tier says too.</summary>
    private async ValueTask<CallPrices> PricesAsync(int project, CancellationToken cancel) =>
        new(await ledger.FindPricesAsync(project, cancel), ledger.Clock.Now, static _ => TierRates.None);

    public async ValueTask<UpstreamBook> UpstreamsAsync(int project, CancellationToken cancel)
    {
        var state = await ledger.FindProjectAsync(project, cancel);
        var upstreams = state?.Upstreams ?? [];
        if (_books.TryGetValue(project, out var known) && known.Of == Identity(state)) return known.Book;
        var book = UpstreamBook.Of(project, upstreams, secrets);
        _books[project] = (Identity(state), book);
        return book;
    }

    /// <summary>Whose API a model is to be called by: of those given, the first by which it can be.</summary>
    public async ValueTask<ProviderFamily> FamilyAsync(
        int project, string model, IReadOnlyList<ProviderFamily> families, CancellationToken cancel)
    {
        var upstreams = await UpstreamsAsync(project, cancel);
        var prices = await PricesAsync(project, cancel);
        return families.FirstOrDefault(family => !upstreams.Resolve(model, family, prices.Has).IsEmpty);
    }

    /// <summary>
    /// The models that can be called: those that upstreams name, those with a price of their own, and the echo.
    /// </summary>
    public async ValueTask<IReadOnlyList<(string Id, string Upstream)>> ModelsAsync(
        int project, ProviderFamily family, CancellationToken cancel)
    {
        var upstreams = await UpstreamsAsync(project, cancel);
        var prices = await PricesAsync(project, cancel);
        var models =
            from upstream in upstreams.Upstreams
            where upstream.Speaks(family)
            from model in NamesOf(upstream, prices)
            let routes = upstreams.Resolve(model, family, prices.Has)
            where !routes.IsEmpty && routes[0].Upstream.Name == upstream.Name
            select (model, upstream.Name);
        return [.. models.OrderBy(model => model.model, StringComparer.Ordinal)];
    }

    /// <summary>The echo has every model: listed is the one by which it is known.</summary>
    private static IEnumerable<string> NamesOf(UpstreamConfig upstream, CallPrices prices) =>
        upstream.Family is null
            ? upstream.Models.Keys.Append(upstream.Name).Distinct()
            : upstream.Models.Keys.Concat(prices.ModelsOf(upstream.Provider)).Distinct();

    public void Note(ChainKey account, string model, long? outputTokens)
    {
        if (outputTokens is { } tokens) history.Note(account, model, tokens);
    }

    private static object Identity(ProjectState? state) => state is null ? typeof(Planner) : state;

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._:/@+\[\]-]{0,255}$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex ModelName();
}
