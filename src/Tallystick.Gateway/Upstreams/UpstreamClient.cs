using System.Net;
using System.Net.Http.Headers;
using Tallystick.Engine.Network;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Upstreams.Echo;
using Tallystick.Gateway.Wire;

namespace Tallystick.Gateway.Upstreams;

/// <summary>
/// Sends calls to upstreams. It follows no redirect, keeps no cookie, uses no proxy of the environment, and connects
/// only where <see cref="AddressRules"/> allow. Thread-safe.
/// </summary>
internal sealed class UpstreamClient : IDisposable
{
    private const string AnthropicVersionDefault = "2023-06-01";
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _network;
    private readonly HttpMessageInvoker _echo;

    public UpstreamClient(AddressRules addresses, TimeProvider time)
    {
        _network = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
            ActivityHeadersPropagator = null,
            ConnectCallback = addresses.ConnectAsync,
        });
        _echo = new(new EchoHandler(time));
    }

    /// <summary>Sends a call and returns when the head of its answer is there.</summary>
    /// <exception cref="HttpRequestException">It could not be sent or was not answered.</exception>
    public Task<HttpResponseMessage> SendAsync(
        ModelRoute route, Dialect dialect, BodyEdits body, CallHeaders headers, CancellationToken cancel)
    {
        var upstream = route.Upstream;
        var address = upstream.BaseUrl is { } at ? $"{at.AbsoluteUri.TrimEnd('/')}/" : "http://echo.invalid/";
        var request = new HttpRequestMessage(HttpMethod.Post, address + dialect.PathFor(route.Model))
        {
            Content = new EditedContent(body),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", headers.ContentType);
        request.Headers.TryAddWithoutValidation("Accept", headers.Accept ?? "*/*");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        request.Headers.TryAddWithoutValidation("User-Agent", "tallystick");
        Authorize(request.Headers, upstream, dialect.Family, headers);
        return (upstream.BaseUrl is null ? _echo : _network).SendAsync(request, cancel);
    }

    public void Dispose()
    {
        _network.Dispose();
        _echo.Dispose();
    }

    private static void Authorize(
        HttpRequestHeaders to, UpstreamConfig upstream, ProviderFamily family, CallHeaders headers)
    {
        if (family == ProviderFamily.Anthropic)
        {
            to.TryAddWithoutValidation("anthropic-version", headers.AnthropicVersion ?? AnthropicVersionDefault);
            if (headers.AnthropicBeta is { } beta) to.TryAddWithoutValidation("anthropic-beta", beta);
        }
        if (upstream.Key is not { } key) return;
        switch (family)
        {
            case ProviderFamily.Anthropic:
                to.TryAddWithoutValidation("x-api-key", key);
                break;
            case ProviderFamily.Gemini:
                to.TryAddWithoutValidation("x-goog-api-key", key);
                break;
            default:
                to.TryAddWithoutValidation("Authorization", $"Bearer {key}");
                break;
        }
    }

    /// <summary>Writes the client's bytes with what goes between them; no copy of a body is made.</summary>
    private sealed class EditedContent(BodyEdits body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(
            Stream stream, TransportContext? context, CancellationToken cancel)
        {
            foreach (var slice in body.Slices()) await stream.WriteAsync(slice, cancel);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}
