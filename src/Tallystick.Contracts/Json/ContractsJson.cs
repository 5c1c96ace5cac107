using System.Text.Json.Serialization;
using Tallystick.Contracts.Accounts;
using Tallystick.Contracts.Audit;
using Tallystick.Contracts.Batch;
using Tallystick.Contracts.Budgets;
using Tallystick.Contracts.Charges;
using Tallystick.Contracts.Credits;
using Tallystick.Contracts.Generations;
using Tallystick.Contracts.Grants;
using Tallystick.Contracts.Health;
using Tallystick.Contracts.Holds;
using Tallystick.Contracts.Identities;
using Tallystick.Contracts.Jobs;
using Tallystick.Contracts.Keys;
using Tallystick.Contracts.Licenses;
using Tallystick.Contracts.Pricing;
using Tallystick.Contracts.Projects;
using Tallystick.Contracts.Reports;
using Tallystick.Contracts.Rerating;
using Tallystick.Contracts.TestClock;
using Tallystick.Contracts.Tiers;
using Tallystick.Contracts.Transactions;
using Tallystick.Contracts.Upstreams;
using Tallystick.Contracts.Usage;
using Tallystick.Contracts.Watches;

namespace Tallystick.Contracts.Json;

/// <summary>
/// How everything travels: snake_case; unknown, duplicate and wrongly cased members are refused, and so are nulls where
/// a value is due, numbers in strings, and more than 64 levels.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 64)]
[JsonSerializable(typeof(PutAccountRequest))]
[JsonSerializable(typeof(UsageSummaryResponse))]
[JsonSerializable(typeof(UsageFigures))]
[JsonSerializable(typeof(UsageByModelResponse))]
[JsonSerializable(typeof(UsageByServiceResponse))]
[JsonSerializable(typeof(UsageByKeyResponse))]
[JsonSerializable(typeof(DailyUsageResponse))]
[JsonSerializable(typeof(DailyBalanceResponse))]
[JsonSerializable(typeof(IReadOnlyList<CreditTransactionResponse>))]
[JsonSerializable(typeof(TierComparisonResponse))]
[JsonSerializable(typeof(CloseAccountRequest))]
[JsonSerializable(typeof(AccountResponse))]
[JsonSerializable(typeof(ErasureResponse))]
[JsonSerializable(typeof(BalanceResponse))]
[JsonSerializable(typeof(CheckRequest))]
[JsonSerializable(typeof(CheckResponse))]
[JsonSerializable(typeof(GrantRequest))]
[JsonSerializable(typeof(GrantResponse))]
[JsonSerializable(typeof(VoidRequest))]
[JsonSerializable(typeof(ChargeRequest))]
[JsonSerializable(typeof(MovementResponse))]
[JsonSerializable(typeof(ChargeDetailResponse))]
[JsonSerializable(typeof(RefundRequest))]
[JsonSerializable(typeof(RefundResponse))]
[JsonSerializable(typeof(HoldRequest))]
[JsonSerializable(typeof(HoldResponse))]
[JsonSerializable(typeof(CaptureRequest))]
[JsonSerializable(typeof(CaptureResponse))]
[JsonSerializable(typeof(ExtendRequest))]
[JsonSerializable(typeof(EmptyRequest))]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(EndJobRequest))]
[JsonSerializable(typeof(JobResponse))]
[JsonSerializable(typeof(TransactionResponse))]
[JsonSerializable(typeof(TransactionDetailResponse))]
[JsonSerializable(typeof(BatchRequest))]
[JsonSerializable(typeof(BatchResponse))]
[JsonSerializable(typeof(AdvanceRequest))]
[JsonSerializable(typeof(ClockResponse))]
[JsonSerializable(typeof(GenerateRequest))]
[JsonSerializable(typeof(GenerationResponse))]
[JsonSerializable(typeof(UpstreamRequest))]
[JsonSerializable(typeof(UpstreamResponse))]
[JsonSerializable(typeof(Page<UpstreamResponse>))]
[JsonSerializable(typeof(WatchRequest))]
[JsonSerializable(typeof(WatchResponse))]
[JsonSerializable(typeof(HealthResponse))]
[JsonSerializable(typeof(Page<WatchResponse>))]
[JsonSerializable(typeof(Page<TransactionResponse>))]
[JsonSerializable(typeof(Page<AccountResponse>))]
[JsonSerializable(typeof(Page<GrantResponse>))]
[JsonSerializable(typeof(Page<HoldResponse>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(BudgetRequest))]
[JsonSerializable(typeof(BudgetResponse))]
[JsonSerializable(typeof(Page<BudgetResponse>))]
[JsonSerializable(typeof(TierRequest))]
[JsonSerializable(typeof(TierResponse))]
[JsonSerializable(typeof(Page<TierResponse>))]
[JsonSerializable(typeof(ProjectRequest))]
[JsonSerializable(typeof(RotateProjectRequest))]
[JsonSerializable(typeof(ProjectResponse))]
[JsonSerializable(typeof(Page<ProjectResponse>))]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(RotateKeyRequest))]
[JsonSerializable(typeof(KeyResponse))]
[JsonSerializable(typeof(Page<KeyResponse>))]
[JsonSerializable(typeof(EstimateRequest))]
[JsonSerializable(typeof(CostResponse))]
[JsonSerializable(typeof(PutPricesRequest))]
[JsonSerializable(typeof(PutPricesResponse))]
[JsonSerializable(typeof(ImportPricesResponse))]
[JsonSerializable(typeof(PriceBody))]
[JsonSerializable(typeof(RerateRequest))]
[JsonSerializable(typeof(RerateResponse))]
[JsonSerializable(typeof(PriceResponse))]
[JsonSerializable(typeof(Page<PriceResponse>))]
[JsonSerializable(typeof(ProjectSettingsRequest))]
[JsonSerializable(typeof(ProjectSettingsResponse))]
[JsonSerializable(typeof(IdentityProviderRequest))]
[JsonSerializable(typeof(IdentityProviderResponse))]
[JsonSerializable(typeof(Page<IdentityProviderResponse>))]
[JsonSerializable(typeof(LicenseRequest))]
[JsonSerializable(typeof(ChangeLicenseRequest))]
[JsonSerializable(typeof(MoveLicenseRequest))]
[JsonSerializable(typeof(LicenseResponse))]
[JsonSerializable(typeof(Page<LicenseResponse>))]
[JsonSerializable(typeof(CreditBalanceResponse))]
[JsonSerializable(typeof(Page<AuditEntryResponse>))]
[JsonSerializable(typeof(Page<SealResponse>))]
[JsonSerializable(typeof(UsageEventRequest))]
[JsonSerializable(typeof(UsageEventData))]
[JsonSerializable(typeof(UsageEventsResponse))]
[JsonSerializable(typeof(ProblemResponse))]
public sealed partial class ContractsJson : JsonSerializerContext;
