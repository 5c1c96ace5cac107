using Tallystick.Contracts.Upstreams;

namespace Tallystick.Gateway.Upstreams;

/// <summary>An upstream and the name that it knows a model by.</summary>
/// <param name="Options">What the project says of the model; null where it says nothing.</param>
internal sealed record ModelRoute(UpstreamConfig Upstream, string Model, UpstreamModel? Options);
