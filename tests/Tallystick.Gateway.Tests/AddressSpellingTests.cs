using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tallystick.Engine.Network;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>Q11: an address by whatever name leads to no listener on it.</summary>
public sealed class AddressSpellingTests
{
    private const int UrlsMin = 300;
    private static readonly string[] Forbidden =
    [
        "127.0.0.1", "127.1.2.3", "127.255.255.254", "0.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1",
        "172.31.255.254", "192.168.0.1", "192.168.255.254", "169.254.169.254", "169.254.0.1", "100.64.0.1",
        "100.127.255.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "224.0.0.1",
        "239.255.255.255", "255.255.255.255", "240.0.0.1",
    ];

    private static readonly string[] Names =
    [
        "localhost", "LOCALHOST", "localhost.", "127.1", "0", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[fe80::1]",
        "[fec0::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[::ffff:0:0]", "[2001:0:7f00:1::]", "[100::1]",
    ];

    [Fact]
    public async Task Whatever_an_address_is_called_nobody_who_listens_there_hears_of_it_Q11()
    {
        using var listener = new TcpListener(IPAddress.IPv6Any, 0);
        listener.Server.DualMode = true;
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var urls = Forbidden.SelectMany(Spellings).Concat(Names).Distinct().Select(host => $"http://{host}:{port}/")
            .ToList();
        Assert.True(urls.Count >= UrlsMin, $"only {urls.Count}");

        using var guarded = Client(new(allowsPrivate: false));
        foreach (var url in urls) await MustFailAsync(guarded, url);
        Assert.False(listener.Pending(), "somebody was connected to");

        // Whom the operator trusts with the own network is let in: the listener can hear.
        using var trusted = Client(new(allowsPrivate: true));
        var asked = trusted.SendAsync(
            new(HttpMethod.Get, $"http://127.1:{port}/"), TestContext.Current.CancellationToken);
        using var heard = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        heard.Close();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => asked);
    }

    private static HttpMessageInvoker Client(AddressRules rules) =>
        new(new SocketsHttpHandler { UseProxy = false, ConnectCallback = rules.ConnectAsync });

    private static async Task MustFailAsync(HttpMessageInvoker client, string url)
    {
        // What is no address in the first place cannot be saved either.
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address)) return;
        var fault = await Record.ExceptionAsync(
            () => client.SendAsync(new(HttpMethod.Get, address), TestContext.Current.CancellationToken));
        Assert.True(fault is HttpRequestException or SocketException, $"{url}: {fault}");
    }

    /// <summary>As people write it who hope that somebody looks at the text.</summary>
    private static IEnumerable<string> Spellings(string address)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        var number = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var (high, low) = ((number >> 16).ToString("x", Plain), (number & 0xFFFF).ToString("x", Plain));
        return
        [
            address, $"{number}", $"0x{number:x8}", $"0x{number:X}", "0" + Convert.ToString(number, 8),
            string.Join('.', bytes.Select(one => $"0x{one:x2}")),
            string.Join('.', bytes.Select(one => "0" + Convert.ToString(one, 8))),
            $"{bytes[0]}.{number & 0xFFFFFF}", $"{bytes[0]}.{bytes[1]}.{number & 0xFFFF}",
            $"[::ffff:{address}]", $"[::ffff:{high}:{low}]", $"[::{address}]", $"[64:ff9b::{address}]",
            $"[64:ff9b::{high}:{low}]", $"[64:ff9b:1::{high}:{low}]", $"[::ffff:0:{high}:{low}]",
            $"[2002:{high}:{low}::]", $"[2002:{high}:{low}::1]",
            string.Concat(address.Select(one => one == '.' ? '。' : (char)(one - '0' + '０'))),
            address.Replace('.', '．'), $"user@{address}", $"{address}.",
        ];
    }

    private static CultureInfo Plain => CultureInfo.InvariantCulture;
}
