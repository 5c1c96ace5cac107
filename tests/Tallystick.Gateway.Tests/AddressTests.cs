using System.Net;
using System.Numerics;
using Tallystick.Engine.Network;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>Where the server connects to on somebody's word: each range by its edges.</summary>
public sealed class AddressTests
{
    private static readonly AddressRules Public = new(allowsPrivate: false), Any = new(allowsPrivate: true);

    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");

    /// <summary>This host by another name, links, credentials of clouds, groups, what is reserved.</summary>
    public static readonly TheoryData<string> Never =
    [
        "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        "100.100.100.200/32", "::/128", "fe80::/10", "ff00::/8", "2001::/32", "100::/64", "64:ff9b:1::/48",
        "::ffff:0:0:0/96", "fd00:ec2::/32", "fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128", "fd00:42::42/128",
        "fd00:a9fe:a9fe::1/128", "fd00:100::100:200/128",
    ];

    /// <summary>The own host, the own network, and what documents and measurements use.</summary>
    public static readonly TheoryData<string> Private =
    [
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15",
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "::1/128", "fc00::/7", "fec0::/10", "2001:db8::/32",
        "3fff::/20", "2001:2::/48", "5f00::/16",
    ];

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::808:808")]
    [InlineData("2002:808:808::1")]
    public void Addresses_of_the_world_are_allowed(string address) =>
        Assert.True(Public.Allows(IPAddress.Parse(address)));

    [Theory]
    [MemberData(nameof(Private))]
    public void The_own_host_and_network_are_allowed_only_where_the_operator_says_so_Q11(string range)
    {
        foreach (var address in Ends(IPNetwork.Parse(range)).SelectMany(Spellings))
            Assert.Equal((false, true), (Public.Allows(address), Any.Allows(address)));
        Assert.All(Neighbours(IPNetwork.Parse(range)), IsAsItsOwnRangeSays);
    }

    [Theory]
    [MemberData(nameof(Never))]
    public void Credentials_of_clouds_and_addresses_that_are_none_are_never_allowed_Q11(string range)
    {
        foreach (var address in Ends(IPNetwork.Parse(range)).SelectMany(Spellings))
            Assert.Equal((false, false), (Public.Allows(address), Any.Allows(address)));
        Assert.All(Neighbours(IPNetwork.Parse(range)), IsAsItsOwnRangeSays);
    }

    /// <summary>A range ends where it ends.</summary>
    private static void IsAsItsOwnRangeSays(IPAddress address)
    {
        var isNever = IsIn(Never, address);
        Assert.Equal(
            (address, !isNever && !IsIn(Private, address), !isNever),
            (address, Public.Allows(address), Any.Allows(address)));
    }

    private static bool IsIn(TheoryData<string> ranges, IPAddress address) =>
        ranges.Any(range => IPNetwork.Parse(range.Data).Contains(address));

    private static IEnumerable<IPAddress> Ends(IPNetwork range) =>
        [range.BaseAddress, Plus(range.BaseAddress, Size(range) - 1)!];

    /// <summary>Those beside it that stand for no other.</summary>
    private static IEnumerable<IPAddress> Neighbours(IPNetwork range) =>
        new[] { Plus(range.BaseAddress, -1), Plus(range.BaseAddress, Size(range)) }.OfType<IPAddress>()
            .Where(address => !Compatible.Contains(address));

    /// <summary>An IPv4 address also as IPv6 has it: mapped, compatible, translated, and tunnelled.</summary>
    private static IEnumerable<IPAddress> Spellings(IPAddress address)
    {
        if (address.GetAddressBytes() is not [var a, var b, var c, var d]) return [address];
        var (high, low) = ((a << 8) | b, (c << 8) | d);
        return
        [
            address, IPAddress.Parse($"::ffff:{address}"), IPAddress.Parse($"::{address}"),
            IPAddress.Parse($"64:ff9b::{address}"), IPAddress.Parse($"2002:{high:x}:{low:x}::"),
            IPAddress.Parse($"2002:{high:x}:{low:x}::1"),
        ];
    }

    private static BigInteger Size(IPNetwork range) =>
        BigInteger.One << ((8 * range.BaseAddress.GetAddressBytes().Length) - range.PrefixLength);

    /// <summary>Null where there is none.</summary>
    private static IPAddress? Plus(IPAddress address, BigInteger distance)
    {
        var bytes = address.GetAddressBytes();
        var number = new BigInteger(bytes, isUnsigned: true, isBigEndian: true) + distance;
        if (number.Sign < 0 || number.GetByteCount(isUnsigned: true) > bytes.Length) return null;
        var result = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return new([.. new byte[bytes.Length - result.Length], .. result]);
    }
}
