using Tallystick.Gateway.Wire;

namespace Tallystick.Gateway.Dialects;

/// <summary>How an upstream takes its key, and in which object errors are told.</summary>
internal enum ProviderFamily { OpenAi, Anthropic, Gemini }

/// <summary>
/// One call of a provider's API: how its request is read and edited, and where its response tells of usage.
/// </summary>
internal abstract class Dialect
{
    /// <summary>What the ledger calls it.</summary>
    public abstract string Name { get; }
    public abstract ProviderFamily Family { get; }
    public abstract ResponseShape Response { get; }

    public ErrorShape Errors => Family switch
    {
        ProviderFamily.Anthropic => ErrorShape.Anthropic,
        ProviderFamily.Gemini => ErrorShape.Gemini,
        _ => ErrorShape.OpenAi,
    };

    /// <summary>The answer is JSON, whole or in events; else it may be anything, such as audio.</summary>
    public virtual bool AnswersInJson => true;

    /// <summary>A request can say how long its answer may be: then a lower bound can be set for it.</summary>
    public virtual bool TakesBound => true;

    /// <summary>The provider takes nothing for it: it is passed on without a hold.</summary>
    public virtual bool IsFree => false;

    /// <summary>A stream of events says when it is over: one that ends without has been cut off.</summary>
    public virtual bool HasEndMark => false;

    /// <summary>Usage is told from the first event on, and grows; else only when all is done.</summary>
    public virtual bool TellsUsageEarly => false;

    /// <summary>Whether an answer of this media type can be the provider's.</summary>
    public bool Answers(string mediaType) => !AnswersInJson
        || mediaType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)
        || mediaType.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);

    /// <summary>Where the call goes, below an upstream's base address.</summary>
    public abstract string PathFor(string model);

    /// <summary>Reads what concerns the ledger, and refuses what it could not settle.</summary>
    /// <exception cref="CallException">The provider would refuse it too, or the gateway cannot bound its
    /// cost.</exception>
    public abstract ModelCall Read(CallBody body);

    public abstract BodyEdits Rewrite(CallBody body, CallChange change);
}
