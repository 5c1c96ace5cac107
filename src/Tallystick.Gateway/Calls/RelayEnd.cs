namespace Tallystick.Gateway.Calls;

/// <summary>How the reading of an upstream's answer ended.</summary>
internal enum RelayEnd
{
    /// <summary>The upstream had said everything.</summary>
    Complete,

    /// <summary>The connection broke.</summary>
    Broken,

    /// <summary>Nothing came for too long, or it took too long in all.</summary>
    TimedOut,

    /// <summary>The client had gone and the rest did not come in time.</summary>
    Abandoned,

    /// <summary>The server is shutting down.</summary>
    Stopped,
}
