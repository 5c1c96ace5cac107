using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Limits;
using Tallystick.Core.Money;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Journal;

/// <summary>
/// A body as a CBOR array: its code, then its members in the order given here; an absent one is null.
/// </summary>
internal static partial class BodyCodec
{
    public static void Write(CborWriter writer, EntryBody body, bool semantic)
    {
        switch (body)
        {
            case EntryBody.AccountOpened b:
                Begin(writer, b, 2); writer.Text(b.AccountId); b.Terms.Write(writer); break;
            case EntryBody.AccountChanged b: Begin(writer, b, 1); b.Terms.Write(writer); break;
            case EntryBody.AccountSuspended or EntryBody.AccountReactivated or EntryBody.AccountClosed
                or EntryBody.TextErased:
                Begin(writer, body, 0); break;
            case EntryBody.Granted b: WriteGranted(writer, b); break;
            case EntryBody.GrantActivated b: Begin(writer, b, 1); Write(writer, b.Grant); break;
            case EntryBody.GrantExpired b: Begin(writer, b, 1); Write(writer, b.Grant); break;
            case EntryBody.GrantVoided b: WriteVoided(writer, b); break;
            case EntryBody.Charged b:
                Begin(writer, b, b.Priced is null ? 2 : 3); Write(writer, b.Amount); Write(writer, b.ReferenceId);
                WriteLast(writer, b.Priced); break;
            case EntryBody.HoldPlaced b:
                Begin(writer, b, b.Free is not null ? 7 : b.Priced is null ? 4 : 5); Write(writer, b.Amount);
                writer.Int(b.ExpiresAt.Micros); Write(writer, b.ReferenceId); Write(writer, b.Job);
                WriteLast(writer, b.Priced); b.Free?.Write(writer); break;
            case EntryBody.Captured b: WriteCaptured(writer, b); break;
            case EntryBody.Released b: Begin(writer, b, 2); Write(writer, b.Hold); Write(writer, b.Job); break;
            case EntryBody.HoldExtended b:
                Begin(writer, b, 3); Write(writer, b.Hold); writer.Int(b.ExpiresAt.Micros); Write(
                    writer, b.Taken); break;
            case EntryBody.HoldExpired b: Begin(writer, b, 1); Write(writer, b.Hold); break;
            case EntryBody.Refunded b: WriteRefunded(writer, b); break;
            case EntryBody.Corrected b: WriteCorrected(writer, b); break;
            case EntryBody.PeriodBegun b:
                Begin(writer, b, 4); writer.Text(b.Tier); writer.Int(b.Anchor.Micros); writer.Int(b.PeriodStart.Micros);
                writer.Int(b.PeriodEnd.Micros); break;
            case EntryBody.TierPlanned b: Begin(writer, b, 1); writer.Text(b.Tier); break;
            case EntryBody.PeriodEnded b:
                Begin(writer, b, 3); writer.Text(b.Tier); writer.Int(b.NextEnd.Micros); Write(writer, b.Rollovers);
                break;
            case EntryBody.BudgetPut b: Begin(writer, b, 2); writer.Text(b.Id); b.Terms.Write(writer); break;
            case EntryBody.UsageRecorded b: WriteUsage(writer, b); break;
            case EntryBody.BudgetRemoved b: Begin(writer, b, 1); writer.Text(b.Id); break;
            case EntryBody.HistoryImported b: WriteHistory(writer, b); break;
            case EntryBody.BalanceImported b: WriteBalance(writer, b); break;
            default: WriteOfProject(writer, body, semantic); break;
        }
    }

    private static void WriteOfProject(CborWriter writer, EntryBody body, bool semantic)
    {
        switch (body)
        {
            case EntryBody.TierPut b: Begin(writer, b, 2); writer.Text(b.Name); TierCodec.Write(writer, b.Terms); break;
            case EntryBody.ProjectOpened b: Begin(writer, b, 2); writer.Text(b.Name); writer.Bool(b.IsTest); break;
            case EntryBody.KeyCreated b:
                Begin(writer, b, semantic ? 1 : 3); b.Terms.Write(writer);
                if (!semantic) { writer.Bytes(b.Mac.AsSpan()); writer.Text(b.Hint); }
                break;
            case EntryBody.KeyRevoked b: Begin(writer, b, 1); Write(writer, b.KeyNumber); break;
            case EntryBody.SettingsChanged b: WriteSettings(writer, b); break;
            case EntryBody.PricesRecorded b:
                Begin(writer, b, b.Prices.Length);
                foreach (var price in b.Prices) PricingCodec.Write(writer, price);
                break;
            case EntryBody.UpstreamChanged b:
                Begin(writer, b, semantic ? 2 : 4); writer.Text(b.Name); writer.Text(b.Options);
                if (!semantic) { writer.Bytes(b.SealedKey.AsSpan()); Write(writer, b.KeyHint); }
                break;
            case EntryBody.KeyRotated b:
                Begin(writer, b, semantic ? 3 : 5);
                Write(writer, b.KeyNumber); b.Terms.Write(writer); writer.Int(b.OldExpiresAt.Micros);
                if (!semantic) { writer.Bytes(b.Mac.AsSpan()); writer.Text(b.Hint); }
                break;
            case EntryBody.ProjectCreated b:
                Begin(writer, b, 3); writer.Int(b.Number); writer.Text(b.Name); writer.Bool(b.IsTest); break;
            case EntryBody.ProjectArchived b: Begin(writer, b, 1); writer.Int(b.Number); break;
            case EntryBody.ProjectReactivated b: Begin(writer, b, 1); writer.Int(b.Number); break;
            case EntryBody.LicensePointed b:
                Begin(writer, b, semantic ? 2 : 3); writer.Text(b.AccountId); writer.Bool(b.IsChosen);
                if (!semantic) writer.Bytes(b.Mac.AsSpan());
                break;
            case EntryBody.IdentityProviderPut b:
                Begin(writer, b, 2); writer.Text(b.Name); b.Terms.Write(writer); break;
            case EntryBody.IdentityProviderRemoved b: Begin(writer, b, 1); writer.Text(b.Name); break;
            default: WriteLicense(writer, body, semantic); break;
        }
    }

    public static EntryBody Read(ref CborReader r)
    {
        var count = r.Array() - 1;
        var code = r.Int();
        EntryBody body = (code, count) switch
        {
            (1, 2) => new EntryBody.AccountOpened(r.Text(), AccountTerms.Read(ref r)),
            (2, 1) => new EntryBody.AccountChanged(AccountTerms.Read(ref r)),
            (3, 0) => new EntryBody.AccountSuspended(),
            (4, 0) => new EntryBody.AccountReactivated(),
            (5, 0) => new EntryBody.AccountClosed(),
            (6, 11) => ReadGranted(ref r),
            (7, 1) => new EntryBody.GrantActivated(Thing(ref r)),
            (8, 1) => new EntryBody.GrantExpired(Thing(ref r)),
            (9, 6) => ReadVoided(ref r),
            (10, 2 or 3) => new EntryBody.Charged(Amount(ref r), TextOrNull(ref r))
            {
                Priced = Last(ref r, count == 3),
            },
            (11, 4 or 5 or 7) => new EntryBody.HoldPlaced
            {
                Amount = Amount(ref r), ExpiresAt = Time(ref r), ReferenceId = TextOrNull(ref r), Job = Terms(ref r),
                Priced = Last(ref r, count == 5), Free = count == 7 ? FreeReserve.Read(ref r) : null,
            },
            (12, 7 or 8 or 10) => ReadCaptured(ref r, count),
            (13, 2) => new EntryBody.Released(Thing(ref r), End(ref r)),
            (14, 3) => new EntryBody.HoldExtended(Thing(ref r), Time(ref r), Amount(ref r)),
            (15, 1) => new EntryBody.HoldExpired(Thing(ref r)),
            (16, 4) => new EntryBody.Refunded(Thing(ref r), Amount(ref r), Regrants(ref r), TextOrNull(ref r)),
            (17, 8) => ReadCorrected(ref r),
            (20, 6) => ReadUsage(ref r),
            (40, 4) => new EntryBody.PeriodBegun(r.Text(), Time(ref r), Time(ref r), Time(ref r)),
            (41, 1) => new EntryBody.TierPlanned(r.Text()),
            (60, 0) => new EntryBody.TextErased(),
            (42, 3) => new EntryBody.PeriodEnded(r.Text(), Time(ref r), Regrants(ref r)),
            (43, 2) => new EntryBody.BudgetPut(r.Text(), BudgetTerms.Read(ref r)),
            (44, 1) => new EntryBody.BudgetRemoved(r.Text()),
            (50, 8) => ReadHistory(ref r),
            (51, 8) => ReadBalance(ref r),
            (100, 2) => new EntryBody.TierPut(r.Text(), TierCodec.Read(ref r)),
            (64, 2) => new EntryBody.ProjectOpened(r.Text(), r.Bool()),
            (65, 3) => new EntryBody.KeyCreated(KeyTerms.Read(ref r), [.. r.Bytes()], r.Text()),
            (66, 1) => new EntryBody.KeyRevoked(Thing(ref r)),
            (67, >= 2 and <= 6) => ReadSettings(ref r, count),
            (68, _) => ReadPrices(ref r, count),
            (80, 4) => new EntryBody.UpstreamChanged(r.Text(), r.Text(), [.. r.Bytes()], TextOrNull(ref r)),
            (90, 5) => ReadRotated(ref r),
            (91, 3) => new EntryBody.ProjectCreated(checked((int)r.Int()), r.Text(), r.Bool()),
            (92, 1) => new EntryBody.ProjectArchived(checked((int)r.Int())),
            (93, 1) => new EntryBody.ProjectReactivated(checked((int)r.Int())),
            (94, 3) => ReadPointed(ref r),
            (95, 2) => new EntryBody.IdentityProviderPut(r.Text(), IdentityTerms.Read(ref r)),
            (96, 1) => new EntryBody.IdentityProviderRemoved(r.Text()),
            _ => ReadLicense(ref r, code, count) ?? throw new JournalCorruptException($"unknown body {code}/{count}"),
        };
        return body;
    }

    private static EntryBody.KeyRotated ReadRotated(ref CborReader r)
    {
        var (number, terms, oldExpiresAt) = (Thing(ref r), KeyTerms.Read(ref r), Time(ref r));
        return new(number, terms, [.. r.Bytes()], r.Text(), oldExpiresAt);
    }

    /// <summary>What did not change takes no room at the end.</summary>
    private static void WriteSettings(CborWriter writer, EntryBody.SettingsChanged b)
    {
        var members = b.Limits is not null ? 6 : b.ReportKeys is not null ? 5
            : b.DefaultTier is not null ? 4 : b.Pricing is not null ? 3 : 2;
        Begin(writer, b, members);
        writer.Int(b.RefundGrace.Micros);
        writer.Int(b.MaxHoldLifetime.Micros);
        if (b.Pricing is { } pricing) PricingCodec.Write(writer, pricing);
        else if (members > 2) writer.Null();
        if (members > 3) Write(writer, b.DefaultTier);
        if (b.ReportKeys is { } keys) Names.Write(writer, keys);
        else if (members > 4) writer.Null();
        b.Limits?.Write(writer);
    }

    private static EntryBody.SettingsChanged ReadSettings(ref CborReader r, int count)
    {
        var body = new EntryBody.SettingsChanged(new(r.Int()), new(r.Int()));
        if (count > 2 && !(count > 3 && r.TryNull())) body = body with { Pricing = PricingCodec.ReadSettings(ref r) };
        if (count > 3) body = body with { DefaultTier = TextOrNull(ref r) };
        if (count > 4 && !(count > 5 && r.TryNull())) body = body with { ReportKeys = Names.Read(ref r) };
        return count > 5 ? body with { Limits = ProjectLimits.Read(ref r) } : body;
    }

    /// <summary>A usage is the last member of its body, and takes no room where there is none.</summary>
    private static void WriteLast(CborWriter writer, PricedUsage? priced)
    {
        if (priced is not null) PricingCodec.Write(writer, priced);
    }

    private static PricedUsage? Last(ref CborReader r, bool isThere) =>
        isThere ? PricingCodec.ReadPriced(ref r) : null;

    private static EntryBody.PricesRecorded ReadPrices(ref CborReader r, int count)
    {
        var prices = ImmutableArray.CreateBuilder<Price>(count);
        for (var i = 0; i < count; i++) prices.Add(PricingCodec.ReadPrice(ref r));
        return new(prices.ToImmutable());
    }

    /// <summary>The usage is written once: with its price, or where it has none by itself.</summary>
    private static void WriteUsage(CborWriter writer, EntryBody.UsageRecorded b)
    {
        Begin(writer, b, 6);
        writer.Text(b.Event.Source); writer.Text(b.Event.Id); writer.Int(b.OccurredAt.Micros); writer.Bool(b.IsCharged);
        writer.Bool(b.Priced is not null);
        if (b.Priced is { } priced) PricingCodec.Write(writer, priced); else PricingCodec.Write(writer, b.Counted);
    }

    private static EntryBody.UsageRecorded ReadUsage(ref CborReader r)
    {
        var (id, at, isCharged) = (new UsageEventId(r.Text(), r.Text()), Time(ref r), r.Bool());
        if (!r.Bool()) return new(id, at, isCharged, PricingCodec.ReadUsage(ref r));
        var priced = PricingCodec.ReadPriced(ref r);
        return new(id, at, isCharged, priced.Usage) { Priced = priced };
    }

    private static void Begin(CborWriter writer, EntryBody body, int members)
    {
        writer.Array(members + 1);
        writer.Int(body.Code);
    }

    private static void WriteGranted(CborWriter writer, EntryBody.Granted b)
    {
        Begin(writer, b, 11);
        Write(writer, b.Amount);
        writer.Text(b.Bucket);
        writer.Int((int)b.Kind);
        writer.Int(b.Priority);
        writer.Bool(b.IsFree);
        writer.Int(b.EffectiveAt.Micros);
        if (b.ExpiresAt is { } expires) writer.Int(expires.Micros); else writer.Null();
        Write(writer, b.CostBasis);
        Write(writer, b.ReferenceId);
        Write(writer, b.Tier);
        writer.Int((int)b.Reason);
    }

    private static EntryBody.Granted ReadGranted(ref CborReader r) => new()
    {
        Amount = Amount(ref r),
        Bucket = r.Text(),
        Kind = (GrantKind)r.Int(),
        Priority = checked((int)r.Int()),
        IsFree = r.Bool(),
        EffectiveAt = Time(ref r),
        ExpiresAt = r.TryNull() ? null : Time(ref r),
        CostBasis = TextOrNull(ref r),
        ReferenceId = TextOrNull(ref r),
        Tier = TextOrNull(ref r),
        Reason = (GrantReason)r.Int(),
    };

    private static void WriteVoided(CborWriter writer, EntryBody.GrantVoided b)
    {
        Begin(writer, b, 6);
        Write(writer, b.Grant);
        writer.Bool(b.ClawBackUsed);
        Write(writer, b.Held);
        Write(writer, b.Used);
        Write(writer, b.Expired);
        Write(writer, b.Voided);
    }

    private static EntryBody.GrantVoided ReadVoided(ref CborReader r) => new()
    {
        Grant = Thing(ref r), ClawBackUsed = r.Bool(), Held = Amount(ref r), Used = Amount(ref r),
            Expired = Amount(ref r),
        Voided = Amount(ref r),
    };

    private static void WriteCaptured(CborWriter writer, EntryBody.Captured b)
    {
        Begin(writer, b, b.Free is not null ? 10 : b.Priced is null ? 7 : 8);
        Write(writer, b.Hold);
        Write(writer, b.Requested);
        Write(writer, b.Amount);
        writer.Int((int)b.Mode);
        writer.Bool(b.Final);
        writer.Bool(b.Late);
        Write(writer, b.Job);
        WriteLast(writer, b.Priced);
        b.Free?.Write(writer);
    }

    private static EntryBody.Captured ReadCaptured(ref CborReader r, int count) => new()
    {
        Hold = Thing(ref r), Requested = Amount(ref r), Amount = Amount(ref r), Mode = (CaptureMode)r.Int(),
        Final = r.Bool(), Late = r.Bool(), Job = End(ref r), Priced = Last(ref r, count == 8),
        Free = count == 10 ? FreeTaken.Read(ref r) : null,
    };

    private static void WriteRefunded(CborWriter writer, EntryBody.Refunded b)
    {
        Begin(writer, b, 4);
        Write(writer, b.Charge);
        Write(writer, b.Amount);
        Write(writer, b.Regrants);
        Write(writer, b.ReferenceId);
    }

    private static void WriteCorrected(CborWriter writer, EntryBody.Corrected b)
    {
        Begin(writer, b, 8);
        Write(writer, b.Charge);
        writer.Int(b.CountedAt.Micros);
        Write(writer, b.Before);
        Write(writer, b.ProviderBefore);
        Write(writer, b.After);
        Write(writer, b.Returned);
        Write(writer, b.Regrants);
        PricingCodec.Write(writer, b.Priced);
    }

    private static EntryBody.Corrected ReadCorrected(ref CborReader r) => new()
    {
        Charge = Thing(ref r), CountedAt = Time(ref r), Before = Amount(ref r), ProviderBefore = Amount(ref r),
        After = Amount(ref r), Returned = Amount(ref r), Regrants = Regrants(ref r),
        Priced = PricingCodec.ReadPriced(ref r),
    };

    private static void Write(CborWriter writer, ImmutableArray<Regrant> regrants)
    {
        writer.Array(regrants.Length * 2);
        foreach (var regrant in regrants) { Write(writer, regrant.Source); writer.Int(regrant.ExpiresAt.Micros); }
    }

    private static ImmutableArray<Regrant> Regrants(ref CborReader r)
    {
        var regrants = ImmutableArray.CreateBuilder<Regrant>();
        for (var left = r.Array(); left > 0; left -= 2) regrants.Add(new(Thing(ref r), Time(ref r)));
        return regrants.ToImmutable();
    }

    private static void Write(CborWriter writer, CreditAmount amount) => writer.Int(amount.Micros);
    private static void Write(CborWriter writer, ThingNumber thing) => writer.Int(thing.Value);

    private static void Write(CborWriter writer, string? text)
    {
        if (text is null) writer.Null(); else writer.Text(text);
    }


    private static void Write(CborWriter writer, JobTerms? job)
    {
        if (job is null) { writer.Null(); return; }
        writer.Array(2); writer.Int(job.Rows); Write(writer, job.CreditsPerRow);
    }

    private static void Write(CborWriter writer, JobEnd? end)
    {
        if (end is null) { writer.Null(); return; }
        writer.Array(2); writer.Int((int)end.Outcome); writer.Int(end.RowsDone);
    }

    private static CreditAmount Amount(ref CborReader r) => new(r.Int());
    private static ThingNumber Thing(ref CborReader r) => new(r.Int());
    private static Instant Time(ref CborReader r) => new(r.Int());
    private static string? TextOrNull(ref CborReader r) => r.TryNull() ? null : r.Text();

    private static JobTerms? Terms(ref CborReader r)
    {
        if (r.TryNull()) return null;
        if (r.Array() != 2) throw new JournalCorruptException("job terms are a pair");
        return new(r.Int(), Amount(ref r));
    }

    private static JobEnd? End(ref CborReader r)
    {
        if (r.TryNull()) return null;
        if (r.Array() != 2) throw new JournalCorruptException("a job's end is a pair");
        return new((JobOutcome)r.Int(), r.Int());
    }
}
