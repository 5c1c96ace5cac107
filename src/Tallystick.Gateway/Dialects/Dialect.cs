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

    /// <summary>Reads what concerns the ledger, and refuses what it could not settle.</summary>
    /// <param name="forwarded">Members and provider's tools beyond the known ones that the project lets
    /// through.</param>
    /// <exception cref="CallException">The provider would refuse it too, or the gateway cannot bound its
    /// cost.</exception>
    public abstract ModelCall Read(CallBody body, IReadOnlySet<string> forwarded);

    public abstract BodyEdits Rewrite(CallBody body, CallChange change);
}
