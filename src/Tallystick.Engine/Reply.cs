using Tallystick.Core;
using Tallystick.Core.Journal;

namespace Tallystick.Engine;

/// <summary>What came of a request. Only <see cref="Done"/> may be answered 2xx as a change: it is durable.</summary>
public abstract record Reply
{
    /// <summary>What came of it in one word, for logs and counters.</summary>
    public string Word => this switch
    {
        Done { Replayed: true } => "replayed",
        Done => "done",
        Unchanged => "unchanged",
        Refused => "refused",
        KeyMismatch => "key_mismatch",
        _ => throw new System.Diagnostics.UnreachableException(GetType().Name),
    };

    /// <param name="Entry">The command's own entry: the answer is a function of it alone.</param>
    /// <param name="First">The first entry that the request made: of several where it says so, else its own.</param>
    /// <param name="State">As of this entry or later.</param>
    /// <param name="Replayed">An earlier request had done it.</param>
    public sealed record Done(SealedEntry Entry, long First, ChainState State, bool Replayed) : Reply;
    public sealed record Unchanged(ChainState State) : Reply;

    /// <param name="State">Null where there is no such chain.</param>
    public sealed record Refused(Rejection Rejection, ChainState? State) : Reply;

    /// <summary>The key has been used for something else.</summary>
    public sealed record KeyMismatch : Reply;
}
