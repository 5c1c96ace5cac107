using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Tallystick.Core.Time;
using Tallystick.Model;
using Xunit;

namespace Tallystick.Api.Tests.Races;

/// <summary>
/// Checks that what many clients saw of one account could have been seen by one client after another: the journal's
/// order is that order, the model agrees with every entry of it, nobody's request took effect before it was sent or
/// after it was answered, and every refusal and read fits a state that stood while it was under way.
/// </summary>
internal sealed class History
{
    private readonly IReadOnlyList<Call> _calls;
    private readonly List<JsonNode> _journal;
    private readonly ModelAccount _model;
    private readonly Dictionary<string, ThingId> _ids = [];
    private readonly Dictionary<string, long> _sequences;

    /// <summary>What stood after each entry: the figures, holds' states and what was left of charges.</summary>
    private readonly List<State> _states = [];

    private History(IReadOnlyList<Call> calls, List<JsonNode> journal)
    {
        (_calls, _journal) = (calls, journal);
        _model = new(Micros(journal[0]));
        _sequences = journal.Where(entry => entry["idempotency_key"] is not null)
            .ToDictionary(entry => (string)entry["idempotency_key"]!, entry => (long)entry["sequence"]!);
    }

    public static void MustBeLinear(IReadOnlyList<Call> calls, List<JsonNode> journal)
    {
        var history = new History(calls, journal);
        history.ReplayJournal();
        history.CheckOrder();
        foreach (var call in calls.Where(call => !history._sequences.ContainsKey(call.Key))) history.CheckFits(call);
    }

    private void ReplayJournal()
    {
        var byKey = _calls.Where(call => call.IsChange).ToDictionary(call => call.Key);
        foreach (var entry in _journal)
        {
            var (sequence, at) = ((int)entry["sequence"]!, Micros(entry));
            if (sequence > 1)
            {
                var key = (string?)entry["idempotency_key"];
                if (key is null) _model.Settle(at);
                else Accept(byKey[key], entry, at);
            }
            var expected = _model.Journal[sequence - 1];
            Assert.Equal(
                (Words.Spell(expected.Kind), expected.At, (decimal)expected.BalanceAfter / 1_000_000,
                    (decimal)expected.AvailableAfter / 1_000_000),
                ((string)entry["kind"]!, at, Amount(entry, "balance_after"), Amount(entry, "available_after")));
            if (entry["subject_id"] is { } subject) _ids.TryAdd((string)subject!, new(sequence));
            _states.Add(State.Of(_model, at));
        }
        _model.CheckInvariants();
    }

    private void Accept(Call call, JsonNode entry, long at)
    {
        var outcome = call.Apply(_model, at, id => _ids[id]);
        Assert.True(outcome is Outcome.Accepted, $"{call.Kind} {call.Key}: the model says {outcome}");
        Assert.True(call.Reply.Status is 200 or 201, $"{call.Kind} {call.Key} is in the journal: {call.Reply.Body}");
        Assert.Equal((string)entry["available_after"]!, call.Reply["available_after"]);
    }

    /// <summary>Nothing takes effect after what was only asked for when it had been answered.</summary>
    private void CheckOrder()
    {
        var latest = long.MinValue;
        foreach (var call in _calls.Where(call => SequenceOf(call) is not null).OrderBy(SequenceOf))
        {
            Assert.True(latest <= call.Ended, $"{call.Kind} {call.Key} took effect after it had been answered");
            latest = Math.Max(latest, call.Started);
        }
    }

    private void CheckFits(Call call)
    {
        var first = _calls.Where(other => other.Ended < call.Started).Max(SequenceOf) ?? 1;
        var last = (_calls.Where(other => other.Started > call.Ended).Min(SequenceOf) ?? _journal.Count + 1) - 1;
        // What falls due is entered between two rounds: the state before the next entry stood, too.
        for (var sequence = first; sequence <= Math.Max(first, last); sequence++)
            if (_states[(int)sequence - 1].Explains(call, _ids)) return;
        Assert.Fail($"{call.Kind} {call.Amount} {call.Subject}: no state from {first} to {last} explains "
            + $"{call.Reply.Status} {call.Reply.Body?.ToJsonString()}");
    }

    private long? SequenceOf(Call call) => _sequences.TryGetValue(call.Key, out var sequence) ? sequence : null;

    private static decimal Amount(JsonNode entry, string member) =>
        decimal.Parse((string)entry[member]!, CultureInfo.InvariantCulture);

    private static long Micros(JsonNode entry) => Instant.From((DateTimeOffset)entry["created_at"]!).Micros;

    private sealed record State(
        BigInteger Available, BigInteger Held, BigInteger Debt, BigInteger Affordable,
        IReadOnlyDictionary<ThingId, string> Holds, IReadOnlyDictionary<ThingId, BigInteger> Charges)
    {
        public static State Of(ModelAccount model, long at)
        {
            var balance = model.Balance(at);
            return new(
                balance.Available, balance.Held + balance.Reserved, balance.Debt, model.Check(at, 1).Available,
                model.Holds.ToDictionary(hold => hold.Id, hold => Words.Spell(hold.Status)),
                model.Charges.ToDictionary(charge => charge.Id, charge => charge.Amount - charge.Refunded));
        }

        public bool Explains(Call call, Dictionary<string, ThingId> ids) => (call.Kind, call.Reply["code"]) switch
        {
            ("balance", "") => (Text(Available), Text(Held), Text(Debt))
                == (call.Reply["available"], call.Reply["held"], call.Reply["debt"]),
            // The very end that another client had brought about: its answer again.
            ("capture" or "release", "") => call.Reply.IsReplay
                && Holds.GetValueOrDefault(ids[call.Subject!]) == (call.Kind == "capture" ? "captured" : "released"),
            (_, "insufficient_credits") => Text(Affordable) == call.Reply["available"] && call.Amount > Affordable,
            (_, "hold_not_open") => Holds.GetValueOrDefault(ids[call.Subject!]) == call.Reply["current_status"],
            (_, "already_refunded") => Charges.TryGetValue(ids[call.Subject!], out var left)
                && Text(left) == call.Reply["refundable"] && (left == 0 || call.Amount > left),
            _ => false,
        };

        private static string Text(BigInteger micros) =>
            ((decimal)micros / 1_000_000).ToString("0.000000", CultureInfo.InvariantCulture);
    }
}
