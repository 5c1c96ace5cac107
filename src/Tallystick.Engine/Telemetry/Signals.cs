using System.Diagnostics;

namespace Tallystick.Engine.Telemetry;

/// <summary>Where the ledger's spans and measurements come from: one source and one meter, of the same name.</summary>
public static class Signals
{
    public const string Name = "Tallystick";
    public static readonly ActivitySource Source = new(Name);
}
