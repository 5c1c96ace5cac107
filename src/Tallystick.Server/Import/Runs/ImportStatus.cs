namespace Tallystick.Server.Import.Runs;

/// <summary>What came of an account.</summary>
internal enum ImportStatus
{
    /// <summary>Its balance was taken over now.</summary>
    Imported,

    /// <summary>It had been, and the other system says the same as then.</summary>
    Unchanged,

    /// <summary>It had been, and the other system says otherwise now.</summary>
    Changed,
    Refused,
}
