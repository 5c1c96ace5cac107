using Tallystick.Server.Measuring;

namespace Tallystick.Server.Bench;

/// <summary>What a stretch of load came to.</summary>
/// <param name="Operations">Charges that were answered 201.</param>
/// <param name="ServerCpu">Processor time that the server took meanwhile.</param>
/// <param name="LoadCpu">The same of the load itself.</param>
internal sealed record LoadResult(
    long Operations, TimeSpan Took, LatencyHistogram Latency, TimeSpan ServerCpu, TimeSpan LoadCpu)
{
    public double PerSecond => Operations / Took.TotalSeconds;
    public double ServerMicroseconds => ServerCpu.TotalMicroseconds / Operations;
    public double LoadMicroseconds => LoadCpu.TotalMicroseconds / Operations;
}
