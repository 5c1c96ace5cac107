using System.Collections.Immutable;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;

namespace Tallystick.Engine;

/// <summary>A command on its way to the lane of its chain.</summary>
public sealed record LedgerRequest
{
    public required ChainKey Chain { get; init; }

    /// <summary>Set where the caller named the account by its own id: then the number is checked against it.</summary>
    public string? AccountId { get; init; }
    public AccountCommand? Account { get; init; }
    public ProjectCommand? Project { get; init; }

    /// <summary>Who asks, with the idempotency key if there is one; null only for the server's own due work.</summary>
    public Origin? Origin { get; init; }
    public EntryText? Text { get; init; }
}

/// <summary>What came of a request. Only <see cref="Done"/> may be answered 2xx as a change: it is durable.</summary>
public abstract record Reply
{
    /// <param name="Entry">The command's own entry: the answer is a function of it alone.</param>
    /// <param name="State">As of this entry or later.</param>
    /// <param name="Replayed">An earlier request had done it.</param>
    public sealed record Done(SealedEntry Entry, ChainState State, bool Replayed) : Reply;
    public sealed record Unchanged(ChainState State) : Reply;

    /// <param name="State">Null where there is no such chain.</param>
    public sealed record Refused(Rejection Rejection, ChainState? State) : Reply;

    /// <summary>The key has been used for something else.</summary>
    public sealed record KeyMismatch : Reply;
}

/// <summary>The queue of the lane is full, or the store too far behind: 503 <c>overloaded</c>.</summary>
public sealed class OverloadedException : Exception
{
    public OverloadedException() : base("too much is waiting") { }
    public OverloadedException(string message) : base(message) { }
    public OverloadedException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>The one way to change anything.</summary>
public interface ILedger
{
    /// <exception cref="OverloadedException">Nothing was done.</exception>
    /// <exception cref="Ports.StoreUnavailableException">Nothing was done.</exception>
    Task<Reply> ExecuteAsync(LedgerRequest request, CancellationToken cancel);
}
