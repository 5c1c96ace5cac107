using Tallystick.Api.Accounts;
using Tallystick.Api.Audit;
using Tallystick.Api.Batch;
using Tallystick.Api.Budgets;
using Tallystick.Api.Charges;
using Tallystick.Api.Credits;
using Tallystick.Api.Grants;
using Tallystick.Api.Holds;
using Tallystick.Api.Http;
using Tallystick.Api.Identities;
using Tallystick.Api.Jobs;
using Tallystick.Api.Keys;
using Tallystick.Api.Licenses;
using Tallystick.Api.Pricing;
using Tallystick.Api.Projects;
using Tallystick.Api.Reports;
using Tallystick.Api.Rerating;
using Tallystick.Api.TestClock;
using Tallystick.Api.Tiers;
using Tallystick.Api.Transactions;
using Tallystick.Api.Upstreams;
using Tallystick.Api.Usage;
using Tallystick.Api.Watches;

namespace Tallystick.Api;

/// <summary>The table of all routes: it is the API, and what its document is made from.</summary>
internal static class RouteTable
{
    public static readonly IReadOnlyList<ApiRoute> All =
    [
        // accounts
        PutAccountEndpoint.Route, AccountEndpoints.Get, AccountEndpoints.List, AccountEndpoints.Balance,
        AccountEndpoints.Suspend, AccountEndpoints.Reactivate, AccountEndpoints.Close, EraseEndpoint.Route,
        AccountEndpoints.Check,
        // grants
        GrantEndpoint.Route, GrantReads.List, GrantReads.Get, VoidEndpoint.Route,
        // charges
        ChargeEndpoint.Route, GetChargeEndpoint.Route, RefundEndpoint.Route,
        // holds
        PlaceHoldEndpoint.Route, HoldReads.List, HoldReads.Get,
        CaptureEndpoint.Route, ReleaseEndpoint.Route, ExtendEndpoint.Route,
        // jobs
        CreateJobEndpoint.Route, GetJobEndpoint.Route,
        EndJobEndpoints.Complete, EndJobEndpoints.Fail, EndJobEndpoints.Rollback,
        // usage
        UsageEventsEndpoint.Route,
        ReportEndpoints.Summary, ReportEndpoints.ByModel, ReportEndpoints.ByService, ReportEndpoints.Daily,
        ReportEndpoints.ByKey, ReportEndpoints.Balances,
        // batch, journal
        BatchEndpoint.Route, TransactionReads.List, TransactionReads.Get,
        // tiers, budgets
        TierEndpoints.Put, TierEndpoints.Get, TierEndpoints.List,
        BudgetEndpoints.Put, BudgetEndpoints.Get, BudgetEndpoints.List, BudgetEndpoints.Delete,
        // prices, the project's settings
        PriceEndpoints.Put, ImportEndpoint.Route, PriceEndpoints.List, PriceEndpoints.Get, PriceEndpoints.Estimate,
        RerateEndpoint.Route, ProjectSettingsEndpoints.Get, ProjectSettingsEndpoints.Patch,
        // projects, keys, upstreams
        ProjectEndpoints.Create, ProjectEndpoints.List, ProjectEndpoints.Get,
        ProjectEndpoints.Archive, ProjectEndpoints.Reactivate, ProjectEndpoints.Rotate,
        KeyEndpoints.Create, KeyEndpoints.List, KeyEndpoints.Get, KeyEndpoints.Rotate, KeyEndpoints.Revoke,
        // licences
        IssueEndpoint.Route, LicenseEndpoints.List, LicenseEndpoints.Get, LicenseEndpoints.Put,
        LicenseEndpoints.Deactivate, LicenseEndpoints.Reactivate, LicenseEndpoints.Expire, LicenseEndpoints.Move,
        // the holder's own
        CreditEndpoints.Balance, ReportEndpoints.OwnSummary, ReportEndpoints.OwnByModel, ReportEndpoints.OwnByService,
        ReportEndpoints.OwnDaily, CreditTransactions.Route, CreditEndpoints.Tiers,
        UpstreamEndpoints.Put, UpstreamEndpoints.Get, UpstreamEndpoints.List,
        IdentityProviderEndpoints.Put, IdentityProviderEndpoints.Get, IdentityProviderEndpoints.List,
        IdentityProviderEndpoints.Delete,
        // what was done
        AuditEndpoints.Log, AuditEndpoints.Seals,
        // the server
        WatchEndpoints.Put, WatchEndpoints.List, WatchEndpoints.Delete,
        TestClockEndpoints.Get, TestClockEndpoints.Advance,
    ];
}
