namespace Tallystick.Server.Replay;

/// <summary>A request to the ledger, as often as it may have to be sent.</summary>
/// <param name="Body">JSON; null for none.</param>
internal sealed record LedgerCall(HttpMethod Method, string Path, byte[]? Body = null, string? Key = null);
