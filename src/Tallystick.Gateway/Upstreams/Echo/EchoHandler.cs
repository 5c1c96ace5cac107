using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Tallystick.Gateway.Upstreams.Echo;

/// <summary>
/// The built-in upstream: answers every dialect deterministically, with usage, in streams or not, as slowly and as
/// badly as it is asked to. For a first look, for tests and for measuring the gateway itself. Thread-safe.
/// </summary>
internal sealed class EchoHandler(TimeProvider time) : HttpMessageHandler
{
    /// <summary>What was written before a break is read before it.</summary>
    private static readonly PipeOptions InStep = new(pauseWriterThreshold: 1, resumeWriterThreshold: 1);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        var bytes = await request.Content!.ReadAsByteArrayAsync(cancel);
        if (request.Content.Headers.ContentType?.MediaType is not "application/json")
            return Failure(HttpStatusCode.UnsupportedMediaType);
        using var body = JsonDocument.Parse(bytes);
        var path = request.RequestUri!.AbsolutePath;
        var method = path[(path.LastIndexOf(':') + 1)..];
        var model = method.Length < path.Length
            ? path["/models/".Length..path.LastIndexOf(':')]
            : body.RootElement.GetProperty("model").GetString()!;
        var isStream = method == "streamGenerateContent"
            || (body.RootElement.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True);
        var asked = EchoRequest.Of(body.RootElement, model, isStream);
        await Task.Delay(asked.Wait, time, cancel);
        if (asked.Status != 200) return Failure((HttpStatusCode)asked.Status);

        var asEvents = request.RequestUri.Query.Contains("alt=sse", StringComparison.Ordinal) || method == path;
        var steps = Answer(method, asked, asEvents);
        if (steps is null) return Failure(HttpStatusCode.NotFound);
        var pipe = asked.BreakAfter is null ? new Pipe() : new(InStep);
        _ = WriteAsync(pipe.Writer, steps, asked);
        var response = new HttpResponseMessage { Content = new StreamContent(pipe.Reader.AsStream()) };
        response.Content.Headers.ContentType = new(isStream && asEvents ? "text/event-stream" : "application/json");
        return response;
    }

    private static IEnumerable<EchoStep>? Answer(string method, EchoRequest asked, bool asEvents) => method switch
    {
        "/chat/completions" => EchoAnswers.Chat(asked),
        "/completions" => EchoAnswers.Completion(asked),
        "/responses" => EchoResponses.Of(asked),
        "/embeddings" => EchoAnswers.Embeddings(asked),
        "/messages" => EchoAnswers.Message(asked),
        "/messages/count_tokens" => EchoAnswers.TokenCount(asked),
        "generateContent" or "streamGenerateContent" => EchoAnswers.Content(asked, asEvents),
        "countTokens" => EchoAnswers.GeminiTokenCount(asked),
        _ => null,
    };

    /// <summary>Runs beside the reader, and ends when it is through or the reader has closed its end.</summary>
    private async Task WriteAsync(PipeWriter writer, IEnumerable<EchoStep> steps, EchoRequest asked)
    {
        var words = 0;
        try
        {
            foreach (var step in steps)
            {
                if (step.IsWord && asked.BreakAfter == words++) throw new IOException("the echo was told to break off");
                if (step.IsWord && asked.Delay > TimeSpan.Zero) await Task.Delay(asked.Delay, time);
                if (step.Text.Length == 0) continue;
                if ((await writer.WriteAsync(Encoding.UTF8.GetBytes(step.Text))).IsCompleted) break;
            }
            await writer.CompleteAsync();
        }
        catch (IOException fault)
        {
            await writer.CompleteAsync(fault);
        }
    }

    private static HttpResponseMessage Failure(HttpStatusCode status) => new(status)
    {
        Content = new StringContent(
            $$$"""{"error":{"message":"The echo was told to fail.","type":"echo","code":"{{{(int)status}}}"}}""",
            Encoding.UTF8, "application/json"),
    };
}
