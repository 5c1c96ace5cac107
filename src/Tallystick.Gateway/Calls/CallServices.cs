using Tallystick.Engine;
using Tallystick.Engine.Limits;
using Tallystick.Gateway.Upstreams;

namespace Tallystick.Gateway.Calls;

/// <summary>What every call is run with.</summary>
internal sealed record CallServices(
    Ledger Ledger, Planner Planner, UpstreamClient Client, Settler Settler, CallerLimits Limits, TimeProvider Time);
