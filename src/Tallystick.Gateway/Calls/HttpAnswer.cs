using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tallystick.Gateway.Calls;

/// <summary>The answer to a client on the other end of a connection.</summary>
internal sealed class HttpAnswer(HttpContext context, TimeSpan patience) : ICallAnswer
{
    /// <summary>As long as an upstream may be silent by default.</summary>
    public static readonly TimeSpan PatienceDefault = TimeSpan.FromSeconds(120);

    private bool _gone;
    private (int Status, string ContentType, IEnumerable<KeyValuePair<string, string>> Headers)? _head;

    public bool IsGone => _gone || context.RequestAborted.IsCancellationRequested;
    public CancellationToken Gone => context.RequestAborted;
    public bool HasBegun { get; private set; }

    /// <summary>The head goes out with the first of the body: until then the answer can still be another.</summary>
    public void Begin(int status, string contentType, IEnumerable<KeyValuePair<string, string>> headers) =>
        _head = (status, contentType, headers);

    /// <summary>A client that does not read for as long as the upstream may be silent has gone.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        if (IsGone) return;
        if (!HasBegun) SendHead();
        var writer = context.Response.BodyWriter;
        writer.Write(bytes.Span);
        try
        {
            var flush = writer.FlushAsync(context.RequestAborted);
            var result = flush.IsCompletedSuccessfully
                ? flush.Result
                : await flush.AsTask().WaitAsync(patience, cancel);
            _gone = result.IsCompleted || result.IsCanceled;
        }
        catch (Exception fault) when (fault is OperationCanceledException or TimeoutException or IOException)
        {
            Abort();
        }
    }

    public void Abort()
    {
        _gone = true;
        context.Abort();
    }

    private void SendHead()
    {
        HasBegun = true;
        if (_head is not { } head) return;
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.StatusCode = head.Status;
        context.Response.ContentType = head.ContentType;
        foreach (var (name, value) in head.Headers) context.Response.Headers[name] = value;
    }
}
