using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tallystick.Engine.Network;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>
/// Q11: what is on this host or its network is not reached, by whatever name. Names lead where the test says; no
/// resolver of the system is asked.
/// </summary>
public sealed class AddressSpellingTests
{
    private const int UrlsMin = 300;

    /// <summary>With an answer that never comes: who listens does not speak.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly string[] Forbidden =
    [
        "127.0.0.1", "127.1.2.3", "127.255.255.254", "0.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1",
        "172.31.255.254", "192.168.0.1", "192.168.255.254", "169.254.169.254", "169.254.0.1", "100.64.0.1",
        "100.127.255.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "224.0.0.1",
        "239.255.255.255", "255.255.255.255", "240.0.0.1",
    ];

    private static readonly string[] Names =
    [
        "localhost", "LOCALHOST", "localhost.", "inside.test", "inside.test.", "127.1", "127.0.1", "0", "[::1]",
        "[::]", "[0:0:0:0:0:0:0:1]", "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::0.0.0.1]", "①②⑦.⓪.⓪.①",
        "127。0。0。1", "[fe80::1]", "[fe80::1%251]", "[fe80::1%25lo]", "[::1%251]", "[::ffff:127.0.0.1%251]",
        "[fec0::1]", "[fc00::1]", "[fdff::1]", "[fd00:ec2::254]", "[fd20:ce::254]", "[ff02::1]", "[::ffff:0:0]",
        "[2001:0:7f00:1::]", "[100::1]",
    ];

    [Fact]
    public async Task Whatever_an_address_is_called_nobody_who_listens_there_hears_of_it_Q11()
    {
        using var listener = Listen();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var hosts = Forbidden.SelectMany(Spellings).Concat(Names).Distinct();
        // What is no address in the first place leads nowhere.
        var urls = hosts
            .Select(host => Uri.TryCreate($"http://{host}:{port}/", UriKind.Absolute, out var url) ? url : null)
            .OfType<Uri>().ToList();
        Assert.True(urls.Count >= UrlsMin, $"only {urls.Count}");
        using var guarded = Client(new(allowsPrivate: false, ResolveAsync));
        foreach (var url in urls)
            Assert.True(await RefusesAsync(guarded, url), $"{url.OriginalString} was not refused");
        Assert.False(listener.Pending(), "somebody was connected to");

        // Whom the operator trusts with the own network is let in: the listener can hear.
        using var trusted = Client(new(allowsPrivate: true, ResolveAsync));
        await HearsAsync(listener, trusted, "127.1");
    }

    [Fact]
    public async Task A_name_is_believed_once_and_only_if_all_that_it_leads_to_is_allowed_Q11()
    {
        using var listener = Listen();
        // Here the own host is what is allowed; 0.0.0.0 is the same by a name that never is.
        var (good, bad) = (IPAddress.Loopback, IPAddress.Any);
        var answers = new Queue<IPAddress[]>([[good], [bad], [good, bad], [bad, good], []]);
        using var client = Client(new(allowsPrivate: true, (_, _) => Task.FromResult(answers.Dequeue())));
        await HearsAsync(listener, client, "rebound.test");
        Assert.Equal(4, answers.Count);
        var again = new Uri($"http://rebound.test:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        for (var left = answers.Count; left > 0; left--)
        {
            Assert.Equal(left, answers.Count);
            Assert.True(await RefusesAsync(client, again), $"{left} answers before the last it was not refused");
        }
        Assert.False(listener.Pending(), "somebody was connected to");
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.IPv6Any, 0);
        listener.Server.DualMode = true;
        listener.Start();
        return listener;
    }

    private static HttpMessageInvoker Client(AddressRules rules) =>
        new(new SocketsHttpHandler { UseProxy = false, ConnectCallback = rules.ConnectAsync });

    /// <summary>As credulous as a resolver can be: whatever looks like an address is one.</summary>
    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancel) =>
        IPAddress.TryParse(host.TrimEnd('.'), out var address)
            ? [address]
            : [IPAddress.Parse("8.8.8.8"), IPAddress.IPv6Loopback];

    private static async Task HearsAsync(TcpListener listener, HttpMessageInvoker client, string host)
    {
        var cancel = TestContext.Current.CancellationToken;
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var asked = client.SendAsync(new(HttpMethod.Get, $"http://{host}:{port}/"), cancel);
        var accepted = listener.AcceptTcpClientAsync(cancel).AsTask();
        if (await Task.WhenAny(asked, accepted) == asked) await asked;
        using var heard = await accepted;
        var stream = heard.GetStream();
        Assert.NotEqual(0, await stream.ReadAsync(new byte[4_096], cancel));
        await stream.WriteAsync("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"u8.ToArray(), cancel);
        using var response = await asked;
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    /// <summary>Whether the rules refuse it, and not merely the network.</summary>
    private static async Task<bool> RefusesAsync(HttpMessageInvoker client, Uri url)
    {
        using var patience = new CancellationTokenSource(Patience);
        var fault = await Record.ExceptionAsync(() => client.SendAsync(new(HttpMethod.Get, url), patience.Token));
        return fault is HttpRequestException && $"{fault}".Contains("does not connect to", StringComparison.Ordinal);
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
