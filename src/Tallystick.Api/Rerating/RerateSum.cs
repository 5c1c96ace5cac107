using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Rerating;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Engine.Rerating;

namespace Tallystick.Api.Rerating;

/// <summary>Adds up what pricing again came to, account by account.</summary>
internal sealed class RerateSum(bool isDry)
{
    private const int ShownMax = 100;
    private readonly List<(AccountState Account, AccountCorrections Corrections)> _touched = [];
    private readonly List<RerateRefusal> _refused = [];
    private long _examined, _corrected, _allRefunded, _byAmount, _refusedCount;
    private CreditAmount _charged, _returned, _provider;
    private int _accounts;

    public void Add(AccountState account, AccountCorrections corrections)
    {
        _accounts++;
        _examined += corrections.Examined;
        _corrected += corrections.Corrected;
        _allRefunded += corrections.AllRefunded;
        _byAmount += corrections.ByAmount;
        _charged += corrections.Charged;
        _returned += corrections.Returned;
        _provider += corrections.ProviderChange;
        _refusedCount += corrections.Refused.Count;
        foreach (var (charge, rejection) in corrections.Refused.Take(ShownMax - _refused.Count))
            _refused.Add(new(
                account.AccountId, ThingId.Format(ThingId.Charge, account.Key, charge), rejection.Code,
                Problems.From(rejection, "").Detail));
        if (corrections.Corrected > 0) _touched.Add((account, corrections));
    }

    public RerateResponse Render(string? next) => new()
    {
        DryRun = isDry,
        AccountsExamined = _accounts,
        Totals = new()
        {
            Examined = _examined, Corrected = _corrected, Charged = _charged.ToAmount(),
            Returned = _returned.ToAmount(), ProviderCostChange = _provider.ToAmount(), AllRefunded = _allRefunded,
            ByAmount = _byAmount,
        },
        Accounts =
        [
            .. _touched.OrderByDescending(one => one.Corrections.Moved)
                .ThenBy(one => one.Account.AccountId, StringComparer.Ordinal).Take(ShownMax)
                .Select(one => Of(one.Account, one.Corrections)),
        ],
        Refused = _refused,
        RefusedCount = _refusedCount,
        HasMore = next is not null,
        NextCursor = next,
    };

    private static AccountRerate Of(AccountState account, AccountCorrections corrections) => new()
    {
        AccountId = account.AccountId, Examined = corrections.Examined, Corrected = corrections.Corrected,
        Charged = corrections.Charged.ToAmount(), Returned = corrections.Returned.ToAmount(),
        ProviderCostChange = corrections.ProviderChange.ToAmount(), AllRefunded = corrections.AllRefunded,
        ByAmount = corrections.ByAmount,
    };
}
