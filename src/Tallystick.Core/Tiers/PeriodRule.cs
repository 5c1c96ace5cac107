namespace Tallystick.Core.Tiers;

/// <summary>When periods begin.</summary>
public enum PeriodRule
{
    /// <summary>On the first of each month, at midnight in the account's time zone.</summary>
    Calendar = 1,

    /// <summary>
    /// Each month at the day and time at which the account took its first tier; in a shorter month on its last day, and
    /// in the next long one on the day itself again.
    /// </summary>
    Anniversary,

    /// <summary>Each midnight in the account's time zone; of budgets only.</summary>
    Day,

    /// <summary>Each Monday's midnight in the account's time zone; of budgets only.</summary>
    Week,
}
