using Tallystick.Engine;
using Tallystick.Gateway.Upstreams;

namespace Tallystick.Gateway.Calls;

/// <summary>What every call is run with.</summary>
internal sealed record CallServices(
    Ledger Ledger, Planner Planner, UpstreamClient Client, Settler Settler, TimeProvider Time);
