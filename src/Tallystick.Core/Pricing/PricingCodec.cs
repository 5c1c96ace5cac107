using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing;

/// <summary>
/// Prices, settings and priced usages in an entry, as arrays in the order given here; docs/journal-format.md has the
/// table. Decimals are text, an absent member is null.
/// </summary>
internal static class PricingCodec
{
    /// <summary>Of a priced usage; what is free of it takes no room where nothing is.</summary>
    private const int PricedMembers = 12, FreeMembers = 3;

    public static void Write(CborWriter w, Price price)
    {
        w.Array(12);
        Write(w, price.Selector.Provider); Write(w, price.Selector.Model); Write(w, price.Selector.Service);
        w.Array(price.Selector.Aliases.Length);
        foreach (var alias in price.Selector.Aliases) w.Text(alias);
        w.Bool(price.Selector.IgnoresCase);
        if (price.EffectiveFrom is { } from) w.Int(from.Micros); else w.Null();
        Write(w, price.Standard);
        w.Array(price.Modes.Length);
        foreach (var mode in price.Modes)
        {
            w.Array(3);
            w.Int((int)mode.Mode); Write(w, mode.Card); Write(w, mode.Factor);
        }
        w.Array(price.Windows.Length);
        foreach (var window in price.Windows) Write(w, window);
        Write(w, price.Regions);
        Write(w, price.Markup);
        Write(w, price.Source);
    }

    public static Price ReadPrice(ref CborReader r)
    {
        Expect(ref r, 12, "a price");
        var (provider, model, service) = (TextOrNull(ref r), TextOrNull(ref r), TextOrNull(ref r));
        var aliases = ImmutableArray.CreateBuilder<string>();
        for (var left = r.Array(); left > 0; left--) aliases.Add(r.Text());
        return new()
        {
            Selector = new(provider, model, service, aliases.ToImmutable()) { IgnoresCase = r.Bool() },
            EffectiveFrom = r.TryNull() ? null : new Instant(r.Int()),
            Standard = ReadCard(ref r), Modes = ReadModes(ref r), Windows = ReadWindows(ref r),
            Regions = ReadFactors(ref r), Markup = ReadMarkup(ref r), Source = TextOrNull(ref r),
        };
    }

    public static void Write(CborWriter w, PricingSettings settings)
    {
        w.Array(6);
        w.Int(settings.EventAgeMax.Micros); Write(w, settings.CreditsPerUsd); Write(w, settings.Markup);
        Write(w, settings.Providers); Write(w, settings.Models); Write(w, settings.Regions);
    }

    public static PricingSettings ReadSettings(ref CborReader r)
    {
        Expect(ref r, 6, "pricing settings");
        return new()
        {
            EventAgeMax = new(r.Int()), CreditsPerUsd = Decimal(ref r), Markup = ReadMarkup(ref r) ?? Markup.None,
            Providers = ReadFactors(ref r), Models = ReadFactors(ref r), Regions = ReadFactors(ref r),
        };
    }

    public static void Write(CborWriter w, PricedUsage priced)
    {
        var (usage, cost) = (priced.Usage, priced.Cost);
        w.Array(cost.Free is null ? PricedMembers : PricedMembers + FreeMembers);
        WriteMembers(w, usage);
        w.Int(priced.At.Micros); w.Int(cost.Price.Value); Write(w, cost.CreditsPerUsd);
        w.Array(cost.Lines.Length * 3);
        foreach (var line in cost.Lines) { w.Text(line.Unit.Name); Write(w, line.Quantity); Write(w, line.Rate); }
        Write(w, cost.Markup);
        if (cost.Free is not { } free) return;
        w.Int(free.Requests); Write(w, free.Quantities); Write(w, free.Credits);
    }

    public static PricedUsage ReadPriced(ref CborReader r)
    {
        var members = r.Array();
        if (members is not (PricedMembers or PricedMembers + FreeMembers))
            throw new JournalCorruptException("not a priced usage");
        var usage = ReadMembers(ref r);
        var (at, price, creditsPerUsd) = (new Instant(r.Int()), new ThingNumber(r.Int()), Decimal(ref r));
        var lines = ImmutableArray.CreateBuilder<CostLine>();
        for (var left = r.Array(); left > 0; left -= 3)
            lines.Add(CostLine.Of(ReadUnit(ref r), Decimal(ref r), Decimal(ref r), creditsPerUsd));
        var markup = Decimal(ref r);
        var free = members == PricedMembers ? null : new FreeShare(r.Int(), ReadQuantities(ref r), Decimal(ref r));
        if (!Cost.TryRound(price, creditsPerUsd, lines.ToImmutable(), markup, free, out var cost))
            throw new JournalCorruptException("a cost beyond 64 bits");
        return new(usage, at, cost);
    }

    /// <summary>A usage that has no price.</summary>
    public static void Write(CborWriter w, MeteredUsage usage)
    {
        w.Array(7);
        WriteMembers(w, usage);
    }

    public static MeteredUsage ReadUsage(ref CborReader r)
    {
        Expect(ref r, 7, "a usage");
        return ReadMembers(ref r);
    }

    private static void WriteMembers(CborWriter w, MeteredUsage usage)
    {
        Write(w, usage.Provider); Write(w, usage.Model); Write(w, usage.Service); Write(w, usage.EventType);
        Write(w, usage.Region); w.Int((int)usage.Mode);
        Write(w, usage.Quantities);
    }

    private static MeteredUsage ReadMembers(ref CborReader r)
    {
        var usage = new MeteredUsage
        {
            Provider = TextOrNull(ref r), Model = TextOrNull(ref r), Service = TextOrNull(ref r),
            EventType = TextOrNull(ref r), Region = TextOrNull(ref r), Mode = (UsageMode)r.Int(),
        };
        return usage with { Quantities = ReadQuantities(ref r) };
    }

    private static void Write(CborWriter w, ImmutableArray<Quantity> quantities)
    {
        w.Array(quantities.Length * 2);
        foreach (var quantity in quantities) { w.Text(quantity.Unit.Name); Write(w, quantity.Count); }
    }

    private static ImmutableArray<Quantity> ReadQuantities(ref CborReader r)
    {
        var quantities = ImmutableArray.CreateBuilder<Quantity>();
        for (var left = r.Array(); left > 0; left -= 2) quantities.Add(new(ReadUnit(ref r), Decimal(ref r)));
        return quantities.ToImmutable();
    }

    private static void Write(CborWriter w, RateCard card)
    {
        w.Array(2);
        Write(w, card.Rates);
        w.Array(card.Tiers.Length);
        foreach (var tier in card.Tiers)
        {
            w.Array(3);
            w.Int(tier.Threshold); w.Bool(tier.Inclusive); Write(w, tier.Rates);
        }
    }

    private static RateCard ReadCard(ref CborReader r)
    {
        Expect(ref r, 2, "a rate card");
        var rates = ReadRates(ref r);
        var tiers = ImmutableArray.CreateBuilder<ContextTier>();
        for (var left = r.Array(); left > 0; left--)
        {
            Expect(ref r, 3, "a tier");
            tiers.Add(new(r.Int(), r.Bool(), ReadRates(ref r)));
        }
        return new(rates, tiers.ToImmutable());
    }

    private static ImmutableArray<ModeRates> ReadModes(ref CborReader r)
    {
        var modes = ImmutableArray.CreateBuilder<ModeRates>();
        for (var left = r.Array(); left > 0; left--)
        {
            Expect(ref r, 3, "a mode");
            modes.Add(new((UsageMode)r.Int(), ReadCard(ref r), Decimal(ref r)));
        }
        return modes.ToImmutable();
    }

    private static void Write(CborWriter w, TimeWindow window)
    {
        w.Array(3);
        w.Array(window.Spans.Length * 2);
        foreach (var span in window.Spans) { w.Int(span.From); w.Int(span.To); }
        w.Array(window.Days.Length);
        foreach (var day in window.Days) w.Int(day);
        Write(w, window.Rates);
    }

    private static ImmutableArray<TimeWindow> ReadWindows(ref CborReader r)
    {
        var windows = ImmutableArray.CreateBuilder<TimeWindow>();
        for (var left = r.Array(); left > 0; left--)
        {
            Expect(ref r, 3, "a time window");
            var spans = ImmutableArray.CreateBuilder<DaySpan>();
            for (var pairs = r.Array(); pairs > 0; pairs -= 2) spans.Add(new((int)r.Int(), (int)r.Int()));
            var days = ImmutableArray.CreateBuilder<int>();
            for (var some = r.Array(); some > 0; some--) days.Add((int)r.Int());
            windows.Add(new(spans.ToImmutable(), days.ToImmutable(), ReadRates(ref r)));
        }
        return windows.ToImmutable();
    }

    private static void Write(CborWriter w, RateTable rates)
    {
        w.Array(rates.All.Length * 2);
        foreach (var rate in rates.All) { w.Text(rate.Unit.Name); Write(w, rate.Rate); }
    }

    private static RateTable ReadRates(ref CborReader r)
    {
        var rates = new List<UnitRate>();
        for (var left = r.Array(); left > 0; left -= 2) rates.Add(new(ReadUnit(ref r), Decimal(ref r)));
        return RateTable.Of(rates);
    }

    private static void Write(CborWriter w, ImmutableArray<Factor> factors)
    {
        w.Array(factors.Length * 2);
        foreach (var factor in factors) { w.Text(factor.Name); Write(w, factor.Value); }
    }

    private static ImmutableArray<Factor> ReadFactors(ref CborReader r)
    {
        var factors = ImmutableArray.CreateBuilder<Factor>();
        for (var left = r.Array(); left > 0; left -= 2) factors.Add(new(r.Text(), Decimal(ref r)));
        return factors.ToImmutable();
    }

    private static void Write(CborWriter w, Markup? markup)
    {
        if (markup is null) { w.Null(); return; }
        w.Array(2); Write(w, markup.Percent); Write(w, markup.FixedUsd);
    }

    private static Markup? ReadMarkup(ref CborReader r)
    {
        if (r.TryNull()) return null;
        Expect(ref r, 2, "a markup");
        return new(Decimal(ref r), Decimal(ref r));
    }

    private static void Write(CborWriter w, ExactDecimal value) => w.Text(value.ToString());
    private static void Write(CborWriter w, string? text) { if (text is null) w.Null(); else w.Text(text); }
    private static string? TextOrNull(ref CborReader r) => r.TryNull() ? null : r.Text();

    private static ExactDecimal Decimal(ref CborReader r)
    {
        var text = r.Text();
        return ExactDecimal.TryParseStored(text, out var value)
            ? value
            : throw new JournalCorruptException($"{text} is not a decimal");
    }

    private static Unit ReadUnit(ref CborReader r)
    {
        var name = r.Text();
        return Unit.TryFromRate(name, out var unit) ? unit : throw new JournalCorruptException($"{name} is not a unit");
    }

    private static void Expect(ref CborReader r, int members, string what)
    {
        if (r.Array() != members) throw new JournalCorruptException($"not {what}");
    }
}
