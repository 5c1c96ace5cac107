using System.Buffers;
using System.Text;
using System.Text.Json;
using Tallystick.Contracts;

namespace Tallystick.Gateway.Dialects;

/// <summary>
/// An error of the gateway's own, told in the object that the provider's SDKs know, with our code and trace id inside.
/// </summary>
internal sealed record GatewayError(int Status, string Code, string Message)
{
    /// <summary>The parameter that is wrong.</summary>
    public string? Parameter { get; init; }

    /// <summary>Members of our own beside the provider's, as JSON strings or numbers.</summary>
    public IReadOnlyList<(string Name, object Value)> Details { get; init; } = [];

    public byte[] ToBytes(ErrorShape shape, string traceId)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (shape == ErrorShape.Problem) WriteProblem(writer);
            if (shape == ErrorShape.Anthropic) writer.WriteString("type"u8, "error"u8);
            if (shape != ErrorShape.Problem) writer.WriteStartObject("error"u8);
            if (shape == ErrorShape.Gemini) WriteGoogleHead(writer);
            else if (shape != ErrorShape.Problem) WriteHead(writer, shape);
            foreach (var (name, value) in Details)
            {
                if (value is long number) writer.WriteNumber(name, number);
                else writer.WriteString(name, (string)value);
            }
            writer.WriteString("trace_id"u8, traceId);
            if (shape != ErrorShape.Problem) writer.WriteEndObject();
            if (shape == ErrorShape.Anthropic) writer.WriteString("request_id"u8, traceId);
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>As an event in the middle of a stream.</summary>
    public byte[] ToEvent(Dialect dialect, string traceId)
    {
        var body = Encoding.UTF8.GetString(ToBytes(dialect.Errors, traceId));
        return Encoding.UTF8.GetBytes(
            dialect.HasEndMark ? $"event: error\ndata: {body}\n\n" : $"data: {body}\n\n");
    }

    private void WriteProblem(Utf8JsonWriter writer)
    {
        writer.WriteString("type"u8, $"urn:tallystick:problem:{Code}");
        writer.WriteString("title"u8, Code.Replace('_', ' '));
        writer.WriteNumber("status"u8, Status);
        writer.WriteString("detail"u8, Message);
        writer.WriteString("code"u8, Code);
        if (Parameter is null) return;
        writer.WriteStartObject("errors"u8);
        writer.WriteString(Parameter, Message);
        writer.WriteEndObject();
    }

    private void WriteHead(Utf8JsonWriter writer, ErrorShape shape)
    {
        writer.WriteString("message"u8, Message);
        writer.WriteString("type"u8, shape == ErrorShape.Anthropic ? AnthropicType : OpenAiType);
        if (shape == ErrorShape.OpenAi)
        {
            if (Parameter is null) writer.WriteNull("param"u8);
            else writer.WriteString("param"u8, Parameter);
        }
        writer.WriteString("code"u8, Code);
    }

    private void WriteGoogleHead(Utf8JsonWriter writer)
    {
        writer.WriteNumber("code"u8, Status);
        writer.WriteString("message"u8, Message);
        writer.WriteString("status"u8, GoogleStatus);
        writer.WriteStartArray("details"u8);
        writer.WriteStartObject();
        writer.WriteString("@type"u8, "type.googleapis.com/google.rpc.ErrorInfo"u8);
        writer.WriteString("reason"u8, Code);
        writer.WriteString("domain"u8, "tallystick"u8);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private string OpenAiType => Code switch
    {
        ErrorCodes.InsufficientCredits => "insufficient_quota",
        ErrorCodes.Unauthenticated => "authentication_error",
        ErrorCodes.RateLimited => "rate_limit_error",
        _ => Status switch
        {
            403 => "permission_error",
            >= 500 => "server_error",
            _ => "invalid_request_error",
        },
    };

    private string AnthropicType => Status switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 => "overloaded_error",
        504 => "timeout_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };

    private string GoogleStatus => Status switch
    {
        401 => "UNAUTHENTICATED",
        402 or 429 => "RESOURCE_EXHAUSTED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ABORTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        >= 500 => "INTERNAL",
        _ => "INVALID_ARGUMENT",
    };
}
