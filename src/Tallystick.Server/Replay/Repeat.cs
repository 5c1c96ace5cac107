namespace Tallystick.Server.Replay;

/// <summary>Whether a request is sent a second time.</summary>
internal enum Repeat
{
    Never,

    /// <summary>Both together, so that the ledger meets the second while it decides the first.</summary>
    AtOnce,

    /// <summary>When much else has happened.</summary>
    Later,
}
