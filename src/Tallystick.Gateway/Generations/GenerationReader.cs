using System.Globalization;
using System.Text.Json.Nodes;
using Tallystick.Contracts.Generations;
using Tallystick.Contracts.Json;
using Tallystick.Core.Holds;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Engine;
using Tallystick.Gateway.Calls;

namespace Tallystick.Gateway.Generations;

/// <summary>
/// A generation as the journal has it: its hold is what it is, and the entry that ended that says what it came to. So
/// it can be asked for on any node, as long as the journal lives.
/// </summary>
internal sealed class GenerationReader(Ledger ledger)
{
    public const string Prefix = "gen_";

    /// <summary>Null where the account has no such call.</summary>
    public async ValueTask<GenerationResponse?> FindAsync(ChainKey chain, ThingNumber hold, CancellationToken cancel)
    {
        if (await ledger.ViewAsync(chain, cancel) is not { } view) return null;
        if (await view.HoldAsync(hold) is not { } held) return null;
        var placed = await ledger.EntryAsync(chain, hold.Sequence, cancel);
        if (placed?.Entry.Body is not EntryBody.HoldPlaced body) return null;
        if (CallText.Read(placed.Text)?["metadata"] is not JsonObject asked || asked["operation"] is null) return null;
        var ended = held.EndedBy == 0 ? null : await ledger.EntryAsync(chain, held.EndedBy, cancel);
        var response = new GenerationResponse
        {
            Id = ThingId.Format(Prefix, chain, hold),
            AccountId = view.State.AccountId,
            Status = "running",
            Model = (string)asked["model"]!,
            CreditsHeld = new(body.Amount.Micros),
            CreditsCharged = default,
            Estimated = false,
            HoldId = ThingId.Format(ThingId.Hold, chain, hold),
            CreatedAt = new(placed.Entry.At.Micros),
            EndedAt = ended is null ? null : new(ended.Entry.At.Micros),
        };
        return held.Status switch
        {
            HoldStatus.Held => response,
            HoldStatus.Captured => Completed(response, ended!),
            HoldStatus.Released => Failed(response, ended!),
            _ => response with { Status = "expired", EndedAt = new(held.ExpiresAt.Micros) },
        };
    }

    private static GenerationResponse Completed(GenerationResponse response, SealedEntry entry)
    {
        var receipt = Receipt.Of(entry);
        var record = CallText.Read(entry.Text)?["metadata"] as JsonObject;
        var operation = (string?)record?["operation"] ?? "";
        return response with
        {
            Status = "completed",
            Text = StoredAnswer.Read(entry) is { } answer ? PlainCall.TextOf(operation, answer.Body) : null,
            CreditsCharged = new(receipt.Cost.Micros),
            InputTokens = Count(record, "input_tokens"),
            OutputTokens = Count(record, "output_tokens"),
            Estimated = receipt.Estimated,
            ChargeId = receipt.ChargeId,
            TransactionId = receipt.TransactionId,
            BalanceAfter = new(receipt.BalanceAfter.Micros),
        };
    }

    private static GenerationResponse Failed(GenerationResponse response, SealedEntry entry)
    {
        var why = (string?)(CallText.Read(entry.Text)?["metadata"] as JsonObject)?["failed"];
        return why == "canceled"
            ? response with { Status = "canceled" }
            : response with { Status = "failed", Error = why };
    }

    private static long? Count(JsonObject? record, string name)
    {
        var parts = record?["parts"] as JsonArray ?? [];
        var counts = parts.Select(part => (string?)part?["usage"]?[name]).OfType<string>().ToList();
        return counts.Count == 0 ? null : counts.Sum(count => long.Parse(count, CultureInfo.InvariantCulture));
    }
}
