using System.Text.Json.Serialization.Metadata;
using Tallystick.Contracts.Json;
using Xunit;

namespace Tallystick.House.Tests;

/// <summary>Members travel in an order that a person reads: what a thing is before what it comes to.</summary>
public sealed class MemberOrderTests
{
    private static readonly List<JsonTypeInfo> Types =
    [
        .. from type in typeof(ContractsJson).Assembly.GetTypes()
           where !type.ContainsGenericParameters && !type.IsByRefLike
           let info = ContractsJson.Default.GetTypeInfo(type)
           where info is { Kind: JsonTypeInfoKind.Object }
           select info,
    ];

    [Fact]
    public void An_id_is_the_first_member_of_whatever_has_one()
    {
        var named = Types.Where(type => type.Properties.Any(member => member.Name == "id")).ToList();
        Assert.True(named.Count > 5, "hardly anything has an id");
        Assert.All(named, type => Assert.True(
            type.Properties[0].Name == "id", $"{type.Type.Name} begins with {type.Properties[0].Name}"));
    }

    [Fact]
    public void What_is_added_to_a_movement_comes_after_who_and_before_when()
    {
        foreach (var type in Types.Where(type => type.Properties.Any(member => member.Name == "balance_before")))
        {
            var members = type.Properties.Select(member => member.Name).ToList();
            if (!members.Contains("account_id") || !members.Contains("transaction_id")) continue;
            Assert.Equal(["id", "account_id", "transaction_id"], members.Take(3));
            Assert.Equal("created_at", members[^1]);
        }
    }
}
