using Tallystick.Core.Journal;
using Tallystick.Store.Sqlite.Index;
using Xunit;

namespace Tallystick.Store.Tests;

public sealed class TailItemsTests
{
    [Fact]
    public void Accounts_fall_into_parts_of_like_size_in_the_order_of_their_numbers()
    {
        var chains = Enumerable.Range(0, 100 * TailItems.Parts).Select(i => ChainKey.OfAccount(1, $"account-{i}"))
            .Append(ChainKey.OfProject(1)).OrderBy(chain => chain.Number).ToList();
        var places = chains.ConvertAll(TailItems.PlaceOf);
        Assert.Equal(places.Order(), places);
        Assert.Equal(Enumerable.Range(0, TailItems.Parts), places.Distinct());
        Assert.All(places.GroupBy(place => place), part => Assert.InRange(part.Count(), 50, 160));
    }
}
