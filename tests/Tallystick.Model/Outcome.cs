using System.Numerics;

namespace Tallystick.Model;

public abstract record Outcome
{
    /// <summary>The command's own entry; due work entered before it is in the journal only.</summary>
    public sealed record Accepted(ModelEntry Entry) : Outcome;

    /// <summary>A repeat of what already is: nothing was written, the first answer stands.</summary>
    public sealed record Unchanged : Outcome;

    /// <summary>Nothing was written, no due work either.</summary>
    public sealed record Refused(string Code) : Outcome
    {
        public BigInteger? Required { get; init; }
        public BigInteger? Available { get; init; }
        public BigInteger? Refundable { get; init; }

        /// <summary>The present status of what stands in the way, on the 409s that are about one.</summary>
        public string? Status { get; init; }
    }
}
