using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tallystick.Contracts;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Holds;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Engine;
using Tallystick.Gateway.Calls;
using Tallystick.Gateway.Dialects;

namespace Tallystick.Gateway.Http;

/// <summary>What the holder has and what a call cost, in the shapes that OpenRouter's users know.</summary>
internal static class CreditEndpoints
{
    public static Task CreditsAsync(HttpContext context) => RunAsync(context, state => new()
    {
        ["total_credits"] = Number(state.Issued),
        ["total_usage"] = Number(state.Issued - state.Balance),
        ["available"] = Number(state.Available),
    });

    public static Task KeyAsync(HttpContext context) => RunAsync(context, state => new()
    {
        ["label"] = state.AccountId,
        ["limit"] = Number(state.Issued),
        ["usage"] = Number(state.Issued - state.Balance),
        ["limit_remaining"] = Number(state.Available),
        ["is_free_tier"] = false,
        ["is_provisioning_key"] = false,
        ["rate_limit"] = new JsonObject { ["requests"] = -1, ["interval"] = "10s" },
    });

    /// <summary>By the id of a charge, a hold or a transaction.</summary>
    public static Task GenerationAsync(HttpContext context)
    {
        var call = new GatewayCall(context, ErrorShape.OpenAi);
        return call.RunAsync(async holder =>
        {
            var ids = context.Request.Query["id"];
            var found = ids.Count == 1 ? await FindAsync(call.Service<Ledger>(), holder, ids[0]!, context) : null;
            if (found is null) await call.RefuseAsync(new(404, ErrorCodes.NotFound, "There is no such generation."));
            else await call.JsonAsync(new() { ["data"] = found });
        });
    }

    private static Task RunAsync(HttpContext context, Func<AccountState, JsonObject> render)
    {
        var call = new GatewayCall(context, ErrorShape.OpenAi);
        return call.RunAsync(async holder =>
        {
            var ledger = call.Service<Ledger>();
            var state = await ledger.FindAccountAsync(holder.Project, holder.AccountId, context.RequestAborted);
            var now = state is null ? null : await ledger.AtAsync(state, ledger.TimeOf(state), context.RequestAborted);
            if (now is null) await call.RefuseAsync(Refusals.Of(new Rejection.NotFound("account")));
            else await call.JsonAsync(new() { ["data"] = render(now) });
        });
    }

    private static async ValueTask<JsonObject?> FindAsync(Ledger ledger, Holder holder, string id, HttpContext context)
    {
        var account = await ledger.FindAccountAsync(holder.Project, holder.AccountId, context.RequestAborted);
        if (account is null) return null;
        foreach (var prefix in (string[])[ThingId.Charge, ThingId.Transaction, ThingId.Hold])
        {
            if (!ThingId.TryParse(id, prefix, holder.Project, out var chain, out var number)) continue;
            if (chain != account.Key) return null;
            var sequence = prefix == ThingId.Hold
                ? await EndOfAsync(ledger, chain, number, context.RequestAborted)
                : number.Sequence;
            var entry = await ledger.EntryAsync(chain, sequence, context.RequestAborted);
            return entry?.Entry.Body is EntryBody.Captured ? Render(entry) : null;
        }
        return null;
    }

    private static async ValueTask<long> EndOfAsync(
        Ledger ledger, ChainKey chain, ThingNumber number, CancellationToken cancel)
    {
        var view = await ledger.ViewAsync(chain, cancel);
        return view is null ? 0 : (await view.HoldAsync(number))?.EndedBy ?? 0;
    }

    private static JsonObject? Render(SealedEntry entry)
    {
        var receipt = Receipt.Of(entry);
        if (CallText.Read(entry.Text)?["metadata"] is not JsonObject record) return null;
        return new()
        {
            ["id"] = receipt.ChargeId,
            ["hold_id"] = receipt.HoldId,
            ["transaction_id"] = receipt.TransactionId,
            ["total_cost"] = Number(receipt.Cost),
            ["usage"] = Number(receipt.Cost),
            ["created_at"] = new Contracts.Json.Timestamp(entry.Entry.At.Micros).ToString(),
            ["model"] = record["model"]?.DeepClone(),
            ["provider_name"] = record["provider"]?.DeepClone(),
            ["streamed"] = record["stream"]?.DeepClone(),
            ["cancelled"] = (string?)record["end"] is "Abandoned" or "Stopped",
            ["latency"] = record["first_byte_ms"]?.DeepClone(),
            ["generation_time"] = record["latency_ms"]?.DeepClone(),
            ["tokens_prompt"] = Sum(record, "input_tokens"),
            ["tokens_completion"] = Sum(record, "output_tokens"),
            ["native_tokens_prompt"] = Sum(record, "input_tokens"),
            ["native_tokens_completion"] = Sum(record, "output_tokens"),
            ["native_tokens_reasoning"] = Sum(record, "reasoning_tokens"),
            ["native_tokens_cached"] = Sum(record, "cache_read_tokens"),
            ["estimated"] = receipt.Estimated,
            ["lines"] = new JsonArray(
            [
                .. (record["parts"] as JsonArray ?? []).SelectMany(part => part?["lines"] as JsonArray ?? [])
                    .Select(line => line?.DeepClone()),
            ]),
        };
    }

    private static JsonNode? Sum(JsonObject record, string count)
    {
        var counts = (record["parts"] as JsonArray ?? []).Select(part => (string?)part?["usage"]?[count])
            .OfType<string>().ToList();
        return counts.Count == 0 ? null : counts.Sum(one => long.Parse(one, CultureInfo.InvariantCulture));
    }

    /// <summary>A JSON number with the amount's own digits.</summary>
    private static JsonNode Number(CreditAmount amount) => JsonNode.Parse(amount.ToString())!;
}
