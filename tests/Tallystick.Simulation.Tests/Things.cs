using Tallystick.Core.Journal;

namespace Tallystick.Simulation.Tests;

/// <summary>What clients know of that can be captured, refunded or voided.</summary>
internal sealed class Things
{
    private readonly Dictionary<(string, string), List<ThingNumber>> _known = [];

    public void Note(string account, JournalEntry entry)
    {
        switch (entry.Body)
        {
            case EntryBody.Granted:
                Of(account, "grant").Add(entry.Number);
                break;
            case EntryBody.HoldPlaced:
                Of(account, "hold").Add(entry.Number);
                break;
            case EntryBody.Charged or EntryBody.Captured:
                Of(account, "charge").Add(entry.Number);
                break;
        }
    }

    public ThingNumber Hold(string account, World world) => Any(account, "hold", world);
    public ThingNumber Charge(string account, World world) => Any(account, "charge", world);
    public ThingNumber Grant(string account, World world) => Any(account, "grant", world);

    /// <summary>Mostly a recent one, and now and then one that was never there.</summary>
    private ThingNumber Any(string account, string word, World world)
    {
        var known = Of(account, word);
        return known.Count == 0 || world.Chance(0.02)
            ? new(world.Random.Next(1, 9), 0)
            : known[^(1 + world.Random.Next(Math.Min(known.Count, 4)))];
    }

    private List<ThingNumber> Of(string account, string word)
    {
        if (!_known.TryGetValue((account, word), out var known)) _known.Add((account, word), known = []);
        return known;
    }
}
