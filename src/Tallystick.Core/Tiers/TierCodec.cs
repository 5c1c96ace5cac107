using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Core.Tiers;

/// <summary>The terms of a tier as a CBOR array.</summary>
internal static class TierCodec
{
    private const int Members = 16;

    public static void Write(CborWriter w, TierTerms t)
    {
        w.Array(Members);
        Write(w, t.Title);
        w.Int(t.SignUpCredits.Micros); w.Int(t.Allowance.Micros); w.Bool(t.Renews); w.Text(t.Bucket); w.Int(t.Priority);
        w.Int((int)t.Period);
        w.Int(t.Rollover.ShareMillionths); Write(w, t.Rollover.MaxAmount?.Micros); w.Int(t.Rollover.MaxPeriods);
        Write(w, t.MonthlyCap?.Micros); w.Int(t.MultiplierMillionths);
        if (t.FreeTier is { } free)
        {
            w.Array(3); Write(w, free.Requests); Write(w, free.Tokens); Names.Write(w, free.Models);
        }
        else w.Null();
        Write(w, t.RequestsPerMinute); Write(w, t.TokensPerMinute); Write(w, t.Features);
    }

    public static TierTerms Read(ref CborReader r)
    {
        if (r.Array() != Members) throw new JournalCorruptException("not a tier");
        return new()
        {
            Title = TextOrNull(ref r), SignUpCredits = new(r.Int()), Allowance = new(r.Int()), Renews = r.Bool(),
            Bucket = r.Text(), Priority = checked((int)r.Int()), Period = (PeriodRule)r.Int(),
            Rollover = new(r.Int(), AmountOrNull(ref r), checked((int)r.Int())),
            MonthlyCap = AmountOrNull(ref r), MultiplierMillionths = r.Int(), FreeTier = FreeTier(ref r),
            RequestsPerMinute = IntOrNull(ref r), TokensPerMinute = IntOrNull(ref r), Features = TextOrNull(ref r),
        };
    }

    private static FreeTierTerms? FreeTier(ref CborReader r)
    {
        if (r.TryNull()) return null;
        if (r.Array() != 3) throw new JournalCorruptException("not a free tier");
        return new(IntOrNull(ref r), IntOrNull(ref r), Names.Read(ref r));
    }

    private static void Write(CborWriter w, string? text) { if (text is null) w.Null(); else w.Text(text); }
    private static void Write(CborWriter w, long? number) { if (number is { } n) w.Int(n); else w.Null(); }
    private static string? TextOrNull(ref CborReader r) => r.TryNull() ? null : r.Text();
    private static long? IntOrNull(ref CborReader r) => r.TryNull() ? null : r.Int();
    private static CreditAmount? AmountOrNull(ref CborReader r) => r.TryNull() ? null : new CreditAmount(r.Int());
}
