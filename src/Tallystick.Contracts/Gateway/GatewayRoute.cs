namespace Tallystick.Contracts.Gateway;

/// <summary>
/// A route of the gateway, as the server maps it and its document shows it. Keys with the role account may call it for
/// their own account, keys with the role admin or service for the one that they name.
/// </summary>
/// <param name="Method">Of HTTP.</param>
/// <param name="Pattern">With names in braces for what varies.</param>
/// <param name="Name">Of the operation, unique among all.</param>
/// <param name="Summary">What it does, in a sentence.</param>
public sealed record GatewayRoute(string Method, string Pattern, string Name, string Summary)
{
    /// <summary>Whose API it is, and so whose error object: a provider's name, or null for our own.</summary>
    public string? Provider { get; init; }

    /// <summary>A body of it in JSON; with the model <c>echo</c> it needs no provider.</summary>
    public string? Sample { get; init; }

    /// <summary>The body is a form with a file.</summary>
    public bool IsForm { get; init; }

    /// <summary>It runs a model, and its answer carries a receipt.</summary>
    public bool IsCharged { get; init; }

    /// <summary>The answer comes as a stream of events where the body asks for it.</summary>
    public bool Streams { get; init; }

    /// <summary>The parameter that its query must have.</summary>
    public string? Query { get; init; }

    /// <summary>Of our own routes: what they take and give.</summary>
    public Type? Takes { get; init; }
    public Type? Gives { get; init; }
    public int Status { get; init; } = 200;
}
