using System.Net;
using Tallystick.Engine.Network;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>Where the gateway connects to, in every spelling of an address.</summary>
public sealed class AddressTests
{
    private static readonly AddressRules Public = new(allowsPrivate: false), Any = new(allowsPrivate: true);

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::808:808")]
    public void Addresses_of_the_world_are_allowed(string address) =>
        Assert.True(Public.Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("::1")]
    [InlineData("fd00::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:a00:1::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::10.0.0.1")]
    public void The_own_host_and_network_are_allowed_only_where_the_operator_says_so(string address)
    {
        Assert.False(Public.Allows(IPAddress.Parse(address)));
        Assert.True(Any.Allows(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("100.100.100.200")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:a9fe:a9fe::")]
    [InlineData("2001:0:1::1")]
    public void Credentials_of_clouds_and_addresses_that_are_none_are_never_allowed(string address)
    {
        Assert.False(Public.Allows(IPAddress.Parse(address)));
        Assert.False(Any.Allows(IPAddress.Parse(address)));
    }
}
