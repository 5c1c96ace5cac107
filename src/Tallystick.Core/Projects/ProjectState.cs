using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Core.Projects;

/// <summary>A project as of its last entry: settings, live keys and upstreams. Its chain is the audit log.</summary>
public sealed record ProjectState : ChainState
{
    private const int Members = 20;
    public required string Name { get; init; }
    public bool IsTest { get; init; }
    public Instant CreatedAt { get; init; }
    public ProjectSettings Settings { get; init; } = ProjectSettings.Default;
    public ImmutableArray<ApiKey> Keys { get; init; } = [];

    public ImmutableArray<Upstream> Upstreams { get; init; } = [];

    public TierBook Tiers { get; init; } = TierBook.Empty;

    public ImmutableArray<IdentityProvider> IdentityProviders { get; init; } = [];

    /// <summary>Some licence keys were chosen by whoever issued them: a key of any form may be one.</summary>
    public bool HasChosenLicenseKeys { get; init; }

    /// <summary>All other projects by number: in the first project's state only.</summary>
    public ImmutableArray<RegisteredProject> Register { get; init; } = [];
    /// <summary>Sequences of the entries that made the price book: the book itself is too large to go along.</summary>
    public ImmutableArray<long> PricingEntries { get; init; } = [];

    public override byte[] Encode()
    {
        var w = new CborWriter();
        w.Array(Members);
        w.Int(Key.Project); w.Int(Sequence); w.Bytes(Head); w.Int(LastAt.Micros); w.Text(Name); w.Int(CreatedAt.Micros);
        w.Int(Settings.RefundGrace.Micros); w.Int(Settings.MaxHoldLifetime.Micros);
        w.Array(Keys.Length);
        foreach (var key in Keys) key.Write(w);
        w.Array(Upstreams.Length);
        foreach (var upstream in Upstreams)
        {
            w.Array(5);
            w.Text(upstream.Name); w.Text(upstream.Options); w.Bytes(upstream.SealedKey.AsSpan());
            if (upstream.KeyHint is null) w.Null(); else w.Text(upstream.KeyHint);
            w.Int(upstream.ChangedAt.Micros);
        }
        w.Array(Tiers.Versions.Length);
        foreach (var tier in Tiers.Versions)
        {
            w.Array(3);
            w.Text(tier.Name); w.Int(tier.From.Micros); TierCodec.Write(w, tier.Terms);
        }
        w.Bool(IsTest); w.Bool(HasChosenLicenseKeys);
        w.Array(Register.Length);
        foreach (var project in Register) project.Write(w);
        PricingCodec.Write(w, Settings.Pricing);
        w.Array(PricingEntries.Length);
        foreach (var sequence in PricingEntries) w.Int(sequence);
        w.Text(Settings.DefaultTier);
        w.Array(IdentityProviders.Length);
        foreach (var provider in IdentityProviders) provider.Write(w);
        Names.Write(w, Settings.ReportKeys);
        Settings.Limits.Write(w);
        return w.ToArray();
    }

    public override ChainState Semantic(byte[] head) => this with
    {
        Head = head,
        Keys = [.. Keys.Select(key => key with { Mac = [], Hint = "" })],
        Upstreams = [.. Upstreams.Select(upstream => upstream with { SealedKey = [], KeyHint = null })],
    };

    internal static ProjectState Read(int members, ref CborReader r)
    {
        if (members != Members) throw new JournalCorruptException("not a state");
        var state = new ProjectState
        {
            Key = ChainKey.OfProject((int)r.Int()), Sequence = r.Int(), Head = r.Bytes().ToArray(),
            LastAt = new(r.Int()), Name = r.Text(), CreatedAt = new(r.Int()),
            Settings = new(new(r.Int()), new(r.Int())),
        };
        var keys = ImmutableArray.CreateBuilder<ApiKey>();
        for (var left = r.Array(); left > 0; left--) keys.Add(ApiKey.Read(ref r));
        var upstreams = ImmutableArray.CreateBuilder<Upstream>();
        for (var left = r.Array(); left > 0; left--)
        {
            if (r.Array() != 5) throw new JournalCorruptException("not an upstream");
            upstreams.Add(
                new(r.Text(), r.Text(), [.. r.Bytes()], r.TryNull() ? null : r.Text(), new(r.Int())));
        }
        var tiers = ImmutableArray.CreateBuilder<TierVersion>();
        for (var left = r.Array(); left > 0; left--)
        {
            if (r.Array() != 3) throw new JournalCorruptException("not a tier's version");
            tiers.Add(new(r.Text(), new(r.Int()), TierCodec.Read(ref r)));
        }
        var (isTest, hasChosen) = (r.Bool(), r.Bool());
        var register = ImmutableArray.CreateBuilder<RegisteredProject>();
        for (var left = r.Array(); left > 0; left--) register.Add(RegisteredProject.Read(ref r));
        var settings = state.Settings with { Pricing = PricingCodec.ReadSettings(ref r) };
        var pricing = ImmutableArray.CreateBuilder<long>();
        for (var left = r.Array(); left > 0; left--) pricing.Add(r.Int());
        settings = settings with { DefaultTier = r.Text() };
        var providers = ImmutableArray.CreateBuilder<IdentityProvider>();
        for (var left = r.Array(); left > 0; left--) providers.Add(IdentityProvider.Read(ref r));
        settings = settings with { ReportKeys = Names.Read(ref r), Limits = ProjectLimits.Read(ref r) };
        return state with
        {
            IsTest = isTest, HasChosenLicenseKeys = hasChosen, Register = register.ToImmutable(),
            Keys = keys.ToImmutable(), Upstreams = upstreams.ToImmutable(), Tiers = new(tiers.ToImmutable()),
            Settings = settings, PricingEntries = pricing.ToImmutable(),
            IdentityProviders = providers.ToImmutable(),
        };
    }
}
