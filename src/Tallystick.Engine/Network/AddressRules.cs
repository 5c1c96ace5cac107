using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Tallystick.Engine.Network;

/// <summary>
/// Which addresses the server may connect to on somebody's word. Decided on the address that is connected to, after the
/// name was resolved, so that neither a name nor a spelling of an address can lead elsewhere.
/// </summary>
/// <param name="allowsPrivate">Also the own host and the own network.</param>
/// <param name="resolve">The addresses of a name or of an address as text; null: as the system resolves it.</param>
public sealed class AddressRules(
    bool allowsPrivate, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    /// <summary>
    /// Never: this host by another name, link-local (where clouds keep their credentials), multicast, reserved, and
    /// what stands for another address in a way that only the network can tell.
    /// </summary>
    private static readonly ImmutableArray<IPNetwork> Never =
    [
        .. new[]
        {
            "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10",
            "ff00::/8", "2001::/32", "100::/64", "64:ff9b:1::/48", "::ffff:0:0:0/96",
            // Where clouds keep credentials elsewhere: AWS, Google, Oracle, Scaleway, Linode, Alibaba, Azure.
            "fd00:ec2::/32", "fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128", "fd00:42::42/128", "fd00:a9fe:a9fe::1/128",
            "fd00:100::100:200/128", "100.100.100.200/32", "168.63.129.16/32",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>The own host and the own network: only where the operator says so.</summary>
    private static readonly ImmutableArray<IPNetwork> Private =
    [
        .. new[]
        {
            "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15",
            "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "::1/128", "fc00::/7", "fec0::/10", "2001:db8::/32",
            "3fff::/20", "2001:2::/48", "5f00::/16",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;

    public bool AllowsPrivate => allowsPrivate;

    public bool Allows(IPAddress address)
    {
        var real = Unwrap(address);
        if (Never.Any(network => network.Contains(real))) return false;
        return allowsPrivate || !Private.Any(network => network.Contains(real));
    }

    /// <summary>Resolves once, and connects only if every answer is allowed.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await _resolve(host, cancel);
        if (addresses.Length == 0 || !addresses.All(Allows))
            throw new HttpRequestException($"{host} leads to an address that this server does not connect to");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The IPv4 address that an IPv6 one stands for, where it does.</summary>
    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (SixToFour.Contains(address)) return new(bytes.AsSpan(2, 4));
        var isEmbedded = Translated.Contains(address) || (Compatible.Contains(address) && !IsLoopbackOrAny(bytes));
        return isEmbedded ? new(bytes.AsSpan(12, 4)) : address;
    }

    private static bool IsLoopbackOrAny(byte[] bytes) =>
        bytes.AsSpan(0, 15).IndexOfAnyExcept((byte)0) < 0 && bytes[15] <= 1;
}
