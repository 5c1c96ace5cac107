using Tallystick.Core.Journal;

namespace Tallystick.Engine.Ports;

/// <summary>
/// The chains of all projects whose number lies between two, both inclusive. Numbers are evenly spread, so that an
/// audit takes as many ranges, one after the other, as its memory asks for.
/// </summary>
public readonly record struct ChainRange(long First, long Last)
{
    public const int NumberBits = 60;
    public const long NumberMax = (1L << NumberBits) - 1;

    public static readonly ChainRange All = new(long.MinValue, long.MaxValue);

    /// <summary>The projects' own chains.</summary>
    public static readonly ChainRange Projects = new(0, 0);

    public bool Contains(ChainKey chain) => chain.Number >= First && chain.Number <= Last;
}
