using Tallystick.Model;

namespace Tallystick.Api.Tests.Races;

/// <summary>What a client asked for, and between which instants it was under way.</summary>
internal sealed record Call
{
    public required string Kind { get; init; }

    /// <summary>Millionths; of no meaning to a release or a read.</summary>
    public long Amount { get; init; }

    /// <summary>The hold, charge or grant that it is about, by the API's id.</summary>
    public string? Subject { get; init; }
    public bool Final { get; init; } = true;

    /// <summary>The bucket of a grant, and its place in the burn order.</summary>
    public string Bucket { get; init; } = "";
    public int Priority { get; init; }
    public long? ExpiresAt { get; init; }
    public string Key { get; init; } = "";
    public required long Started { get; init; }
    public long Ended { get; init; }
    public ApiReply Reply { get; init; } = null!;

    public bool IsChange => Kind != "balance";

    /// <summary>The same command to the model. An id stands for the entry that made the thing.</summary>
    public Outcome Apply(ModelAccount model, long now, Func<string, ThingId> idOf) => Kind switch
    {
        "grant" => model.Grant(
            now, new() { Amount = Amount, Bucket = Bucket, Priority = Priority, ExpiresAt = ExpiresAt }),
        "charge" => model.Charge(now, Amount),
        "hold" => model.Hold(now, new() { Amount = Amount, ExpiresAt = ExpiresAt }),
        "capture" => model.Capture(now, idOf(Subject!), new() { Amount = Amount, Final = Final }),
        "release" => model.Release(now, idOf(Subject!)),
        "refund" => model.Refund(now, idOf(Subject!), Amount),
        _ => throw new System.Diagnostics.UnreachableException(Kind),
    };
}
