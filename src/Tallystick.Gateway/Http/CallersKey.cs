using Microsoft.AspNetCore.Http;
using Tallystick.Engine.Identity;

namespace Tallystick.Gateway.Http;

/// <summary>The key of a caller, wherever the SDK of a provider puts it.</summary>
internal static class CallersKey
{
    private const string Scheme = "Bearer ";

    /// <summary>Null where there is none, or more than one.</summary>
    public static Credential? Read(HttpRequest request)
    {
        // A key in an address ends up in every log on the way.
        if (request.Query.ContainsKey("key")) return null;
        var keys = new List<string>();
        foreach (var value in request.Headers.Authorization)
        {
            if (value is null || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;
            keys.Add(value[Scheme.Length..]);
        }
        keys.AddRange(request.Headers["x-api-key"].OfType<string>());
        keys.AddRange(request.Headers["x-goog-api-key"].OfType<string>());
        if (keys.Distinct(StringComparer.Ordinal).Count() != 1) return null;
        var project = request.Headers[Bearers.ProjectHeader] is [{ } name] ? name : null;
        return new(keys[0], project, request.HttpContext.Connection.RemoteIpAddress);
    }
}
