namespace Tallystick.Engine.Ports;

/// <summary>What a step of the work behind the commits came to.</summary>
public enum TrailStep
{
    /// <summary>There is nothing to do.</summary>
    None,

    /// <summary>There is more to do, but not at once: what is made in the background is not ready.</summary>
    Later,

    /// <summary>Something was done; there may be more.</summary>
    Done,
}
