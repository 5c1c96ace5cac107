namespace Tallystick.Server.Replay;

/// <summary>One request of a call to the ledger.</summary>
internal enum StepKind
{
    /// <summary>Sets the bound aside.</summary>
    Hold,

    /// <summary>Sets it aside for a second only.</summary>
    BriefHold,

    /// <summary>A hold of more than the account ever had: must be refused.</summary>
    Refusal,

    /// <summary>Takes what was used.</summary>
    Capture,

    /// <summary>The same after the hold's end.</summary>
    LateCapture,

    /// <summary>Gives all back: the call failed.</summary>
    Release,
    Refund,
}
