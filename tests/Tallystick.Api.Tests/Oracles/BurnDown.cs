using System.Text.Json;
using Tallystick.Core.Time;
using Xunit;

namespace Tallystick.Api.Tests.Oracles;

/// <summary>
/// Grants and usage of a burn-down scenario, lived through over the API: usage is a charge that may go into debt, and
/// its debt is what the source calls overage.
/// </summary>
internal sealed class BurnDown
{
    private readonly JsonElement _given;
    private readonly Dictionary<string, string> _grants = [];
    private readonly List<(Instant At, int Order, Func<Wallet, Task> Do)> _events = [];
    private readonly Instant _from, _until;
    private Wallet _wallet = null!;

    public BurnDown(JsonElement given, Instant until)
    {
        (_given, _until) = (given, until);
        _from = given.TryGetProperty("starting_snapshot", out var snapshot) ? Said.Time(snapshot, "at") : until;
        foreach (var grant in Grants) Schedule(grant);
        foreach (var usage in Said.Items(given, "usage_events")) ScheduleUsage(usage);
    }

    /// <summary>
    /// What can be known of the end: an interval is half-open, so that what begins at its end is not in it; an empty
    /// one is its own instant.
    /// </summary>
    public Instant End => _from == _until ? _until : new(_until.Micros - 1);
    public Instant Start => _events.Select(one => one.At).Append(_from).Min();
    public Instant From => _from;
    public Wallet Wallet => _wallet;

    private IEnumerable<JsonElement> Grants => Said.Items(_given, "grants")
        .OrderBy(grant => Said.TimeOrNull(grant, "created_at") ?? default).ThenBy(grant => Said.Word(grant, "id"),
            StringComparer.Ordinal);

    /// <param name="rest">Called between two events; the same must come out whatever it does.</param>
    public async Task LiveAsync(ApiServer server, Func<int, Task> rest)
    {
        _wallet = await Wallet.OpenAsync(server, "acme", mayOwe: true);
        var events = _events.OrderBy(one => one.At).ThenBy(one => one.Order).ToList();
        for (var i = 0; i < events.Count; i++)
        {
            await Wallet.MoveAsync(server, events[i].At);
            await events[i].Do(_wallet);
            await rest(i);
        }
        await Wallet.MoveAsync(server, Instant.Max(_until, server.Clock.Now));
    }

    /// <summary>What is left of each grant; one that the balance does not list has nothing.</summary>
    public async Task<Dictionary<string, decimal>> LeftAsync(Instant at)
    {
        var listed = (await _wallet.BalanceAsync(at))["grants"]!.AsArray().ToDictionary(
            grant => (string)grant!["grant_id"]!, grant => Books.Amount(grant!, "remaining"));
        return Said.Items(_given, "grants").Select(grant => Said.Word(grant, "id")).ToDictionary(
            id => id, id => _grants.TryGetValue(id, out var given) ? listed.GetValueOrDefault(given) : 0m);
    }

    /// <summary>What there was before any usage of that very instant, less what was owed.</summary>
    public async Task<decimal> NetAsync(Instant at) => await _wallet.AvailableAsync(at) + await UsedAsync(at, Next(at));

    /// <summary>What was used from one instant until before another.</summary>
    public Task<decimal> UsedAsync(Instant from, Instant to) => _wallet.SumAsync("charge", from, to);

    /// <summary>The balance may begin within the life of a grant: then the grant is what is left of it.</summary>
    private void Schedule(JsonElement grant)
    {
        var (id, amount) = (Said.Word(grant, "id"), Said.Number(grant, "amount"));
        var (effective, expires) = (Said.Time(grant, "effective_at"), Said.TimeOrNull(grant, "expires_at"));
        var isRunning = effective <= _from && (expires is null || expires > _from);
        if (isRunning && _given.TryGetProperty("starting_snapshot", out var snapshot)
            && snapshot.GetProperty("balances").TryGetProperty(id, out var left)) amount = Said.Number(left);
        var voided = new[] { "voided_at", "deleted_at" }.Select(member => Said.TimeOrNull(grant, member)).Min();
        var given = new[] { effective, _from, voided ?? effective }.Min();
        if (amount > 0)
            _events.Add((given, 0, async wallet =>
            {
                var end = expires is { } last ? $",\"expires_at\":\"{last}\"" : "";
                var start = effective > given ? $",\"effective_at\":\"{effective}\"" : "";
                var priority = Said.NumberOr(grant, "priority", 100);
                _grants[id] = (await wallet.GrantAsync(
                    amount, $",\"bucket\":\"{id}\",\"priority\":{priority}{start}{end}")).Id;
            }));
        if (amount > 0 && voided is { } over) _events.Add((over, 1, wallet => wallet.VoidAsync(_grants[id])));
    }

    private void ScheduleUsage(JsonElement usage)
    {
        var (at, amount) = (Said.Time(usage, "at"), Said.Number(usage, "amount"));
        if (amount == 0 || at < _from || at >= _until) return;
        _events.Add((at, 2, async wallet => (await wallet.ChargeAsync(amount)).Must(201)));
    }

    private static Instant Next(Instant at) => new(at.Micros + 1);
}
