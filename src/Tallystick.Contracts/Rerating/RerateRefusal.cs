namespace Tallystick.Contracts.Rerating;

/// <summary>A charge that cannot be priced again, and stays as it is.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
public sealed record RerateRefusal(string AccountId, string ChargeId, string Code, string Reason);
