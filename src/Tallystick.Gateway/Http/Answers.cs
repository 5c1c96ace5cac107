using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Tallystick.Gateway.Calls;
using Tallystick.Gateway.Dialects;

namespace Tallystick.Gateway.Http;

/// <summary>Writes what came of a call, as far as it has not gone out already.</summary>
internal static class Answers
{
    private const string TraceHeader = "Trace-Id";

    /// <summary>The request's one trace id: the ledger's middleware has put it on the answer.</summary>
    public static string TraceId(HttpContext context)
    {
        if (context.Response.Headers.TryGetValue(TraceHeader, out var known)) return known.ToString();
        var made = ActivityTraceId.CreateRandom().ToHexString();
        context.Response.Headers[TraceHeader] = made;
        return made;
    }

    public static Task ErrorAsync(
        HttpContext context, ErrorShape shape, GatewayError error, string? retryAfter = null)
    {
        if (context.Response.HasStarted) return Task.CompletedTask;
        if (error.Status == 503) retryAfter ??= "1";
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        if (error.Status == 401) context.Response.Headers.WWWAuthenticate = "Bearer";
        var type = shape == ErrorShape.Problem ? "application/problem+json" : "application/json";
        return BytesAsync(context, error.Status, type, error.ToBytes(shape, TraceId(context)));
    }

    public static Task OutcomeAsync(HttpContext context, ErrorShape shape, CallOutcome outcome)
    {
        switch (outcome)
        {
            case CallOutcome.Refused refused:
                return ErrorAsync(context, shape, refused.Error, refused.RetryAfter);
            case CallOutcome.Passed passed:
                return BytesAsync(context, passed.Status, passed.ContentType, passed.Body);
            case CallOutcome.Whole whole:
                AddReceipt(context, whole.Receipt);
                return BytesAsync(context, 200, whole.ContentType, whole.Body);
            case CallOutcome.Replayed replayed:
                AddReceipt(context, replayed.Receipt);
                context.Response.Headers["Idempotent-Replayed"] = "true";
                return BytesAsync(context, 200, replayed.Answer.ContentType, replayed.Answer.Body);
            default:
                return Task.CompletedTask;
        }
    }

    public static Task BytesAsync(HttpContext context, int status, string type, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static void AddReceipt(HttpContext context, Receipt? receipt)
    {
        foreach (var (name, value) in receipt?.Headers() ?? []) context.Response.Headers[name] = value;
    }
}
