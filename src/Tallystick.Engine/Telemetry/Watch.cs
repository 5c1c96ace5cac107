using Tallystick.Core.Journal;

namespace Tallystick.Engine.Telemetry;

/// <summary>What somebody wants to see step by step: an account, all that a key does, or a whole project.</summary>
/// <param name="Name">Of the watch, within its project.</param>
/// <param name="AccountId">Null: every account.</param>
/// <param name="Key">None: every key.</param>
public sealed record Watch(int Project, string Name, string? AccountId, ThingNumber Key, DateTimeOffset EndsAt)
{
    private readonly ChainKey _chain = AccountId is null ? default : ChainKey.OfAccount(Project, AccountId);

    /// <param name="chain">Null while the request has not named an account.</param>
    internal bool Covers(int project, ThingNumber key, ChainKey? chain) =>
        project == Project && (Key.IsNone || key == Key) && (AccountId is null || chain == _chain);
}
