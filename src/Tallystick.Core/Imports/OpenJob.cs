using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Core.Imports;

/// <summary>A job that had taken its credits and had not ended when the balance was taken over.</summary>
/// <param name="ReferenceId">What the other system calls it.</param>
/// <param name="Taken">From which buckets, in the order in which they were burned.</param>
public sealed record OpenJob(string ReferenceId, JobTerms Terms, ImmutableArray<BucketPart> Taken)
{
    public CreditAmount Amount => new(Taken.Sum(part => part.Amount.Micros));
}
