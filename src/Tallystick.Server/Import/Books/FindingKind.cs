namespace Tallystick.Server.Import.Books;

/// <summary>What the import has to say of an account, in the words of the report.</summary>
internal enum FindingKind
{
    /// <summary>Differences: somebody has to look at them.</summary>
    SumIsNotTheBalance, BalanceIsNotItsBuckets, UnrecordedChange, LostUpdate, DoubleDeduction, SplitIsNotTheAmount,
    WrongBucketRefund, StrayRows, Refused, LicenseNotIssued, ChangedSinceImport, BalanceDiffers,

    /// <summary>Notes: what was done, as the rules or a flag say.</summary>
    NegativeBalance, Rounded, Renamed, JobWithoutSplit, TextLeftOut,
}
