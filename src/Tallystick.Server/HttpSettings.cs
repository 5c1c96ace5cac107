using System.CommandLine;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Net.Http.Headers;
using IPNetwork = System.Net.IPNetwork;

namespace Tallystick.Server;

/// <summary>
/// How a server takes connections: what a client may send and how slowly, how many there may be, and whose word is
/// taken for a client's address. By its command line, or the environment.
/// </summary>
internal sealed class HttpSettings
{
    private const int BodyBytesMax = 8 << 20;
    private const int ConnectionsDefault = 10_000;
    private const string OnlyWholeLineEnds = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";

    private static readonly DigitsOnly Digits = new();

    /// <summary>Headers come in one packet or a few; a body and an answer as fast as the slowest of links.</summary>
    private static readonly TimeSpan HeadersTime = TimeSpan.FromSeconds(15);
    private static readonly MinDataRate SlowestRate = new(bytesPerSecond: 240, TimeSpan.FromSeconds(5));

    public static readonly Option<int?> MaxConnections = new("--max-connections")
    {
        Description = "Connections that may be open at once; one more is closed as it comes "
            + $"[TALLY_MAX_CONNECTIONS; {ConnectionsDefault}]",
        HelpName = "N",
    };

    public static readonly Option<string?> TrustedProxies = new("--trusted-proxies")
    {
        Description = "Addresses and networks of proxies whose X-Forwarded-For says who the client is, with commas "
            + "[TALLY_TRUSTED_PROXIES; none]",
        HelpName = "LIST",
    };

    private readonly int _connections;
    private readonly List<IPNetwork> _proxies;

    private HttpSettings(int connections, List<IPNetwork> proxies) => (_connections, _proxies) = (connections, proxies);

    /// <exception cref="UsageException">An option says what is none.</exception>
    public static HttpSettings Of(ParseResult parsed)
    {
        var connections = parsed.GetValue(MaxConnections) ?? ConnectionsGiven();
        if (connections < 1) throw new UsageException("--max-connections, TALLY_MAX_CONNECTIONS: a number from 1 on.");
        var named = (parsed.GetValue(TrustedProxies) ?? Given.In("TALLY_TRUSTED_PROXIES") ?? "").Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new(connections, [.. named.Select(Network)]);
    }

    public void Configure(KestrelServerOptions kestrel)
    {
        // Where others would see another request begin than this server does, it must not guess.
        AppContext.SetSwitch(OnlyWholeLineEnds, true);
        kestrel.RequestHeaderEncodingSelector = name => name == HeaderNames.ContentLength ? Digits : null;
        kestrel.AddServerHeader = false;
        kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1);
        kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
        kestrel.Limits.MaxConcurrentConnections = _connections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
        kestrel.Limits.RequestHeadersTimeout = HeadersTime;
        kestrel.Limits.MinRequestBodyDataRate = SlowestRate;
        kestrel.Limits.MinResponseDataRate = SlowestRate;
    }

    /// <summary>From right to left as far as trusted proxies wrote it; no other header is looked at.</summary>
    public void BelieveProxies(IApplicationBuilder app)
    {
        if (_proxies.Count == 0) return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in _proxies) options.KnownIPNetworks.Add(proxy);
        app.UseForwardedHeaders(options);
    }

    private static int ConnectionsGiven() => Given.In("TALLY_MAX_CONNECTIONS") is not { } text ? ConnectionsDefault
        : int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new(address, 8 * address.GetAddressBytes().Length)
        : throw new UsageException($"--trusted-proxies: {text} is neither an address nor a network.");
}
