using System.Diagnostics;
using System.Text.Json;
using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Usage;
using Tallystick.Engine;

namespace Tallystick.Api.Pricing;

/// <summary>The price book: versions are added, never changed.</summary>
internal static class PriceEndpoints
{
    public static readonly ApiRoute Put = ApiRoute.Put(
        Roles.Admins, "/api/v1/prices", "Add prices; versions are never changed, only superseded",
        typeof(PutPricesRequest), typeof(PutPricesResponse), PutAsync) with
    {
        BodyMax = RequestBody.BatchBytesMax,
    };

    public static readonly ApiRoute Get = ApiRoute.Get(
        Roles.Readers, "/api/v1/prices/{id}", "One version of a price", typeof(PriceResponse), async call =>
        {
            var price = (await BookAsync(call)).Find(call.ProjectThing("id", ThingId.Price, "price"));
            await call.AnswerAsync(
                PriceForm.Render(price ?? throw RequestException.NotFound("price"), call.Principal.Project),
                ContractsJson.Default.PriceResponse);
        });

    public static readonly ApiRoute List = ApiRoute.Get(
        Roles.Readers, "/api/v1/prices", "The prices in effect, now or at an instant", typeof(Page<PriceResponse>),
        async call =>
        {
            var query = ListQuery.Read(call, "provider", "model", "at");
            var at = query.Time("at") ?? call.Ledger.Clock.Now;
            var (provider, model) = (query["provider"], query["model"]);
            var prices = (await BookAsync(call)).InEffect(at)
                .Where(price => provider is null || price.Selector.Provider == provider)
                .Where(price => model is null || price.Selector.Models.Any(pattern => pattern.Matches(model)))
                .Select(price => (Name: $"{price.Selector}\n{price.Number.Value}", Price: price))
                .OrderBy(one => one.Name, StringComparer.Ordinal)
                .SkipWhile(one => query.After is { } after && string.CompareOrdinal(one.Name, after) <= 0)
                .Take(query.Limit + 1).ToList();
            var next = prices.Count > query.Limit ? prices[query.Limit - 1].Name : null;
            await call.AnswerAsync(
                query.Page(
                    [.. prices.Take(query.Limit).Select(one => PriceForm.Render(one.Price, call.Principal.Project))],
                    next),
                ContractsJson.Default.PagePriceResponse);
        }) with
    {
        Query = ["provider", "model", "at", .. ListQuery.Members],
    };

    public static readonly ApiRoute Estimate = ApiRoute.Post(
        Roles.Readers, "/api/v1/estimate", "What a usage would cost now, line by line", typeof(EstimateRequest),
        typeof(CostResponse), async call =>
        {
            var request = await call.ReadAsync(ContractsJson.Default.EstimateRequest);
            var (usage, at) = (Usage.UsageForm.Read(request.Usage), call.Ledger.Clock.Now);
            var tier = request.AccountId is null ? TierRates.None : await TierAsync(call, request.AccountId, usage);
            var book = await BookAsync(call);
            if (book.Rate(usage, at, tier, out var priced) is { } rejection)
                throw new RejectionException(rejection);
            await call.AnswerAsync(Costs.Of(priced, call.Principal.Project)!, ContractsJson.Default.CostResponse);
        });

    public static ValueTask<PriceBook> BookAsync(ApiCall call) =>
        call.Ledger.FindPricesAsync(call.Principal.Project, call.Cancel);

    private static async Task<TierRates> TierAsync(ApiCall call, string accountId, MeteredUsage usage)
    {
        var (state, at) = await call.AccountAsync(accountId);
        var envelope = await call.Ledger.EnvelopeAsync(call.Principal.Project, at, call.Cancel);
        return state.TierRates(envelope.Terms, usage.Model, at);
    }

    private static async Task PutAsync(ApiCall call)
    {
        var request = await call.ReadAsync(ContractsJson.Default.PutPricesRequest);
        var prices = request.Prices.Select((price, i) => PriceForm.Read(price, $"prices[{i}]")).ToList();
        var origin = call.Caller().Origin(Put, null, request, ContractsJson.Default.PutPricesRequest);
        var added = await RecordAsync(call, prices, origin);
        await call.AnswerAsync(new()
        {
            Added = [.. added.Select(price => PriceForm.Render(price, call.Principal.Project))],
            Unchanged = prices.Count - added.Count,
        }, ContractsJson.Default.PutPricesResponse);
    }

    /// <summary>The versions that were added, with their numbers.</summary>
    public static async Task<IReadOnlyList<Price>> RecordAsync(
        ApiCall call, IReadOnlyList<Price> prices, Origin origin)
    {
        var reply = await call.Ledger.ExecuteAsync(
            new()
            {
                Chain = ChainKey.OfProject(call.Principal.Project),
                Project = new ProjectCommand.PutPrices([.. prices]),
                Origin = origin,
            },
            call.Cancel);
        return reply switch
        {
            Reply.Done done => [.. PriceBook.Of([done.Entry.Entry]).Prices],
            Reply.Unchanged => [],
            Reply.Refused refused => throw new RejectionException(refused.Rejection),
            _ => throw new UnreachableException(reply.GetType().Name),
        };
    }
}
