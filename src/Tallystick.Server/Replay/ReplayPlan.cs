namespace Tallystick.Server.Replay;

/// <summary>
/// Everything that will be sent and everything that must come of it, from the trace, the rates and the seed alone.
/// </summary>
/// <param name="Name">Begins every account's id and every idempotency key.</param>
internal sealed record ReplayPlan(
    string Name, IReadOnlyList<PlannedAccount> Accounts, IReadOnlyList<PlannedCall> Calls)
{
    public AccountSums Expected
    {
        get
        {
            var all = new AccountSums();
            foreach (var account in Accounts) all.Add(account.Expected);
            return all;
        }
    }

    /// <summary>Requests that change something, without those that are sent twice.</summary>
    public long Operations => Calls.Sum(call => (long)call.Steps.Count);
}
