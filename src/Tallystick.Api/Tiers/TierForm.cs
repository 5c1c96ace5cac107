using System.Text.Json;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Tiers;
using Tallystick.Core.Accounts;
using Tallystick.Core.Tiers;

namespace Tallystick.Api.Tiers;

/// <summary>A tier's terms, from the API's words and into them.</summary>
internal static class TierForm
{
    private const int TitleMax = 200, BucketMax = 64, PeriodsMax = 120, ModelsMax = 200;
    private const long MultiplierMax = 1_000 * TierTerms.MultiplierOne;

    public static TierTerms Read(TierRequest request)
    {
        var standard = TierTerms.Empty;
        if (request.Bucket is { Length: 0 }) throw RequestException.Invalid("bucket", "1-64 characters");
        if (request.Priority is < 0 or > AccountCommand.PriorityMax)
            throw RequestException.Invalid("priority", "0 to 1000");
        if (request.Multiplier is { Micros: > MultiplierMax })
            throw RequestException.Invalid("multiplier", "at most 1000");
        return new()
        {
            Title = FreeText.Check(request.Title, "title", TitleMax),
            SignUpCredits = (request.SignupCredits ?? default).ToCredits(),
            Allowance = (request.Allowance ?? default).ToCredits(),
            Renews = request.Renews ?? standard.Renews,
            Bucket = FreeText.Check(request.Bucket, "bucket", BucketMax) ?? standard.Bucket,
            Priority = request.Priority ?? standard.Priority,
            Period = Words.ToPeriodRule(request.Period ?? "calendar")
                ?? throw RequestException.Invalid("period", "calendar or anniversary"),
            Rollover = request.Rollover is { } rollover ? Read(rollover) : RolloverTerms.None,
            MonthlyCap = request.MonthlyCap?.ToCredits(),
            MultiplierMillionths = request.Multiplier?.Micros ?? standard.MultiplierMillionths,
            FreeTier = request.FreeTier is { } free ? Read(free) : null,
            RequestsPerMinute = Fields.Count(request.RateLimits?.RequestsPerMinute, "rate_limits.requests_per_minute"),
            TokensPerMinute = Fields.Count(request.RateLimits?.TokensPerMinute, "rate_limits.tokens_per_minute"),
            Features = request.Features?.GetRawText(),
        };
    }

    public static TierResponse Write(TierVersion tier)
    {
        var terms = tier.Terms;
        var (rollover, free) = (terms.Rollover, terms.FreeTier);
        return new()
        {
            Name = tier.Name,
            Title = terms.Title,
            SignupCredits = terms.SignUpCredits.ToAmount(),
            Allowance = terms.Allowance.ToAmount(),
            Renews = terms.Renews,
            Bucket = terms.Bucket,
            Priority = terms.Priority,
            Period = Words.Of(terms.Period),
            Rollover = new(new(rollover.ShareMillionths), rollover.MaxAmount?.ToAmount(), rollover.MaxPeriods),
            MonthlyCap = terms.MonthlyCap?.ToAmount(),
            Multiplier = new(terms.MultiplierMillionths),
            FreeTier = free is null ? null : new(free.Requests, free.Tokens, free.Models),
            RateLimits = new(terms.RequestsPerMinute, terms.TokensPerMinute),
            Features = terms.Features is { } json ? JsonElement.Parse(json) : null,
            EffectiveFrom = tier.From.ToTimestamp(),
        };
    }

    private static RolloverTerms Read(Rollover rollover)
    {
        if (rollover.Share.Micros > RolloverTerms.WholeShare) throw RequestException.Invalid(
            "rollover.share", "0 to 1");
        if (rollover.MaxPeriods is < 1 or > PeriodsMax)
            throw RequestException.Invalid("rollover.max_periods", $"1 to {PeriodsMax}");
        return new(rollover.Share.Micros, rollover.MaxAmount?.ToCredits(), rollover.MaxPeriods);
    }

    private static FreeTierTerms Read(FreeTier free)
    {
        var models = free.Models ?? [];
        if (models.Count > ModelsMax) throw RequestException.Invalid("free_tier.models", $"at most {ModelsMax}");
        foreach (var model in models) FreeText.Check(model, "free_tier.models", TitleMax);
        return new(
            Fields.Count(free.Requests, "free_tier.requests"), Fields.Count(free.Tokens, "free_tier.tokens"),
            [.. models.Order(StringComparer.Ordinal).Distinct()]);
    }
}
