using System.Collections.Immutable;
using System.Diagnostics;
using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Pricing;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Pricing;
using Tallystick.Contracts.Projects;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Engine;

namespace Tallystick.Api.Projects;

/// <summary>A project's settings. They hold for what happens from now on.</summary>
internal static class ProjectSettingsEndpoints
{
    private const string Pattern = "/api/v1/project";
    private const int ReportKeysMax = 8;
    private const int ReportKeyLengthMax = 64;

    public static readonly ApiRoute Get = ApiRoute.Get(
        Roles.Readers, Pattern, "The project's settings", typeof(ProjectSettingsResponse), async call =>
            await AnswerAsync(call, await ProjectAsync(call)));

    public static readonly ApiRoute Patch = ApiRoute.Put(
        Roles.Admins, Pattern, "Change the project's settings", typeof(ProjectSettingsRequest),
        typeof(ProjectSettingsResponse), PatchAsync) with
    {
        Method = "PATCH",
    };

    private static async Task PatchAsync(ApiCall call)
    {
        var request = await call.ReadAsync(ContractsJson.Default.ProjectSettingsRequest);
        var reply = await call.Ledger.ExecuteAsync(
            new()
            {
                Chain = ChainKey.OfProject(call.Principal.Project),
                Project = new ProjectCommand.ChangeSettings(
                    request.RefundGrace is { } grace ? Fields.Seconds(grace, "refund_grace") : null,
                    request.MaxHoldLifetime is { } lifetime ? Fields.Seconds(lifetime, "max_hold_lifetime") : null)
                {
                    Pricing = PricingOf(request), DefaultTier = Fields.Name(request.DefaultTier, "default_tier"),
                    ReportKeys = request.ReportKeys is { } keys ? ReportKeys(keys) : null,
                    Limits = request.Limits is { } limits ? Limits(limits) : null,
                },
                Origin = call.Caller().Origin(Patch, null, request, ContractsJson.Default.ProjectSettingsRequest),
            },
            call.Cancel);
        await AnswerAsync(call, reply switch
        {
            Reply.Done done => (ProjectState)done.State,
            Reply.Unchanged same => (ProjectState)same.State,
            Reply.Refused refused => throw new RejectionException(refused.Rejection),
            _ => throw new UnreachableException(reply.GetType().Name),
        });
    }

    private static ImmutableArray<string> ReportKeys(IReadOnlyList<string> keys)
    {
        if (keys.Count > ReportKeysMax || keys.Distinct().Count() < keys.Count)
            throw RequestException.Invalid("report_keys", $"at most {ReportKeysMax}, each once");
        foreach (var key in keys)
            if (key.Length is 0 or > ReportKeyLengthMax || key.Any(char.IsControl))
                throw RequestException.Invalid(
                    "report_keys", $"1-{ReportKeyLengthMax} characters, no control characters");
        return [.. keys];
    }

    private static ProjectLimits Limits(ProjectLimitsBody limits) => new()
    {
        RequestsPerMinute = Fields.Count(limits.RequestsPerMinute, "limits.requests_per_minute"),
        TokensPerMinute = Fields.Count(limits.TokensPerMinute, "limits.tokens_per_minute"),
        RequestsAtOnce = Fields.Count(limits.RequestsAtOnce, "limits.requests_at_once"),
    };

    private static PricingSettingsChange? PricingOf(ProjectSettingsRequest request)
    {
        if (request is { CreditsPerUsd: null, Markup: null, Multipliers: null, MaxEventAge: null }) return null;
        var multipliers = request.Multipliers ?? new();
        return new()
        {
            CreditsPerUsd = request.CreditsPerUsd?.ToDecimal(),
            EventAgeMax = request.MaxEventAge is { } age ? Fields.Seconds(age, "max_event_age") : null,
            Markup = request.Markup is { } markup ? PriceForm.Read(markup) : null,
            Providers = Factors(multipliers.Providers, "multipliers.providers"),
            Models = Factors(multipliers.Models, "multipliers.models"),
            Regions = Factors(multipliers.Regions, "multipliers.regions"),
        };
    }

    private static ImmutableArray<Factor>? Factors(IReadOnlyDictionary<string, ExactNumber>? factors, string field) =>
        factors is null ? null : PriceForm.Factors(factors, field);

    private static async ValueTask<ProjectState> ProjectAsync(ApiCall call) =>
        await call.Ledger.FindProjectAsync(call.Principal.Project, call.Cancel)
        ?? throw RequestException.NotFound("project");

    private static Task AnswerAsync(ApiCall call, ProjectState project)
    {
        var (settings, pricing) = (project.Settings, project.Settings.Pricing);
        return call.AnswerAsync(new()
        {
            Name = project.Name,
            RefundGrace = settings.RefundGrace.WholeSeconds,
            MaxHoldLifetime = settings.MaxHoldLifetime.WholeSeconds,
            MaxEventAge = pricing.EventAgeMax.WholeSeconds,
            CreditsPerUsd = pricing.CreditsPerUsd.ToNumber(),
            Markup = PriceForm.Render(pricing.Markup),
            Multipliers = new()
            {
                Providers = PriceForm.Render(pricing.Providers), Models = PriceForm.Render(pricing.Models),
                Regions = PriceForm.Render(pricing.Regions),
            },
            DefaultTier = settings.DefaultTier,
            ReportKeys = settings.ReportKeys,
            Limits = new(
                settings.Limits.RequestsPerMinute, settings.Limits.TokensPerMinute, settings.Limits.RequestsAtOnce),
            CreatedAt = project.CreatedAt.ToTimestamp(),
        }, ContractsJson.Default.ProjectSettingsResponse);
    }
}
