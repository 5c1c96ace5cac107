namespace Tallystick.Core.Journal;

/// <summary>What a key may do. The number is stored.</summary>
public enum KeyRole
{
    /// <summary>Everything in its project, keys and settings too.</summary>
    Admin = 1,

    /// <summary>A back end: accounts, credits, holds, charges, licences.</summary>
    Service,

    /// <summary>Records usage events and nothing else.</summary>
    Ingest,

    /// <summary>Looks and changes nothing.</summary>
    Read,

    /// <summary>Speaks for the holder of one account.</summary>
    Account,
}
