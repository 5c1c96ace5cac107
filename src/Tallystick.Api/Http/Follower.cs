using Tallystick.Core.Journal;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Telemetry;

namespace Tallystick.Api.Http;

/// <summary>Follows one request from its route to its answer, where somebody watches it or it is traced.</summary>
internal sealed class Follower(WatchList watches, Principal principal, string traceId, ApiRoute route)
{
    private Steps? _first;

    /// <summary>The steps of what the request does to a chain; null where nobody looks.</summary>
    /// <param name="chain">Null while the request has not named an account.</param>
    public Steps? Follow(ChainKey? chain)
    {
        var steps = watches.Follow(principal.Project, principal.Key, chain, traceId);
        if (steps is null || _first is not null) return steps;
        _first = steps;
        steps.Received(route.Method, route.Pattern, principal.KeyId!);
        return steps;
    }

    public void Answered(int status, long since) => _first?.Answered(status, since);
}
