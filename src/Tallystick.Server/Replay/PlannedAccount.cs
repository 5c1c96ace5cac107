namespace Tallystick.Server.Replay;

/// <param name="Expected">What its journal must come to, known before the first request.</param>
internal sealed record PlannedAccount(string AccountId, IReadOnlyList<PlannedGrant> Grants, AccountSums Expected);
