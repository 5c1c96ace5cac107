namespace Tallystick.Core.Journal;

/// <summary>Why a tier gave a grant.</summary>
public enum GrantReason
{
    /// <summary>No tier did.</summary>
    None,
    SignUp,

    /// <summary>The first allowance of a tier.</summary>
    InitialAllocation,

    /// <summary>A later period's.</summary>
    Allowance,

    /// <summary>The rest of a period's, after a change in its midst.</summary>
    Proration,
}
