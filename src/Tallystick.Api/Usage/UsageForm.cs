using System.Collections.Immutable;
using System.Text.Json;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Usage;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Money;
using Tallystick.Core.Usage;

namespace Tallystick.Api.Usage;

/// <summary>A usage as it travels, read and put into one form.</summary>
internal static class UsageForm
{
    /// <summary>The one form in which two usages that mean the same are the same bytes.</summary>
    public static UsageBody? Canonical(UsageBody? usage) => usage is null ? null : usage with
    {
        Mode = usage.Mode == Words.Of(UsageMode.Standard) ? null : usage.Mode,
        Units = usage.Units is null ? null : new SortedDictionary<string, ExactNumber>(
            usage.Units.ToDictionary(), StringComparer.Ordinal),
        Raw = FreeText.Canonical(usage.Raw, "usage.raw"),
    };

    /// <summary>What a change asks for: an amount or a usage, and not both.</summary>
    public static Demand Asked(Amount? amount, UsageBody? usage, bool mayBeZero = false) => (amount, usage) switch
    {
        ({ } some, null) => Demand.Of(mayBeZero ? some.ToCredits() : Fields.Positive(some, "amount")),
        (null, { } used) => Demand.Of(Read(used)),
        (null, null) => throw RequestException.Invalid("amount", "give an amount or a usage"),
        _ => throw RequestException.Invalid("usage", "give an amount or a usage, not both"),
    };

    public static MeteredUsage Read(UsageBody body)
    {
        var usage = new MeteredUsage
        {
            Provider = body.Provider, Model = body.Model, Service = body.Service, EventType = body.EventType,
            Region = body.Region, Quantities = [.. Counts(body), .. Units(body)],
            Mode = Words.ToUsageMode(body.Mode ?? Words.Of(UsageMode.Standard))
                ?? throw RequestException.Invalid("usage.mode", "standard, batch, flex or priority"),
        };
        return usage.Check() is Rejection.InvalidField wrong
            ? throw RequestException.Invalid(wrong.Field, wrong.Reason)
            : usage;
    }

    public static UsageBody Render(MeteredUsage usage, JsonElement? raw) => new()
    {
        Provider = usage.Provider, Model = usage.Model, Service = usage.Service, EventType = usage.EventType,
        Region = usage.Region, Mode = Words.Of(usage.Mode), InputTokens = Count(usage, Unit.Input),
        OutputTokens = Count(usage, Unit.Output), CacheReadTokens = Count(usage, Unit.CacheRead),
        CacheWriteTokens = Count(usage, Unit.CacheWrite),
        CacheWriteOneHourTokens = Count(usage, Unit.CacheWriteOneHour),
        ReasoningTokens = Count(usage, Unit.Reasoning), InputAudioTokens = Count(usage, Unit.InputAudio),
        OutputAudioTokens = Count(usage, Unit.OutputAudio), InputImageTokens = Count(usage, Unit.InputImage),
        OutputImageTokens = Count(usage, Unit.OutputImage), Images = Count(usage, Unit.Images),
        Seconds = usage[Unit.Seconds]?.ToNumber(), Characters = Count(usage, Unit.Characters),
        Requests = Count(usage, Unit.Requests), Units = Named(usage), Raw = raw,
    };

    private static IEnumerable<Quantity> Counts(UsageBody body)
    {
        (Unit Unit, long? Count)[] counts =
        [
            (Unit.Input, body.InputTokens), (Unit.Output, body.OutputTokens), (Unit.CacheRead, body.CacheReadTokens),
            (Unit.CacheWrite, body.CacheWriteTokens), (Unit.CacheWriteOneHour, body.CacheWriteOneHourTokens),
            (Unit.Reasoning, body.ReasoningTokens), (Unit.InputAudio, body.InputAudioTokens),
            (Unit.OutputAudio, body.OutputAudioTokens), (Unit.InputImage, body.InputImageTokens),
            (Unit.OutputImage, body.OutputImageTokens), (Unit.Images, body.Images),
            (Unit.Characters, body.Characters), (Unit.Requests, body.Requests),
        ];
        foreach (var (unit, count) in counts)
            if (count is { } number) yield return new(unit, ExactDecimal.From(number));
        if (body.Seconds is { } seconds) yield return new(Unit.Seconds, seconds.ToDecimal());
    }

    private static IEnumerable<Quantity> Units(UsageBody body)
    {
        if (body.Units?.Count > MeteredUsage.UnitsMax)
            throw RequestException.Invalid("usage.units", $"at most {MeteredUsage.UnitsMax}");
        foreach (var (name, count) in body.Units ?? ImmutableDictionary<string, ExactNumber>.Empty)
        {
            if (!Unit.TryFromCount(name, out var unit))
                throw RequestException.Invalid($"usage.units.{name}", "not the name of a unit: a-z 0-9 _");
            if (!unit.IsNamed) throw RequestException.Invalid($"usage.units.{name}", "has a member of its own");
            yield return new(unit, count.ToDecimal());
        }
    }

    private static long? Count(MeteredUsage usage, Unit unit) => (long?)usage[unit]?.Digits;

    private static SortedDictionary<string, ExactNumber>? Named(MeteredUsage usage)
    {
        SortedDictionary<string, ExactNumber>? units = null;
        foreach (var (unit, count) in usage.Quantities)
            if (unit.IsNamed) (units ??= new(StringComparer.Ordinal))[unit.CountName] = count.ToNumber();
        return units;
    }
}
