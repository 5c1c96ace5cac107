using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Core.Projects;

/// <summary>Asks a project to do something.</summary>
public abstract record ProjectCommand
{
    public sealed record OpenProject(string Name) : ProjectCommand
    {
        /// <summary>Its credits are not real: its keys say so.</summary>
        public bool IsTest { get; init; }
    }

    /// <summary>Registers another project; the first one only.</summary>
    public sealed record CreateProject(string Name, bool IsTest) : ProjectCommand;

    /// <summary>A licence's key leads to an account from now on; its number is that of the entry.</summary>
    public sealed record PointLicense(ImmutableArray<byte> Mac, string AccountId, bool IsChosen) : ProjectCommand;

    /// <summary>Nothing of the project is taken any more, until it is reactivated.</summary>
    public sealed record ArchiveProject(int Number) : ProjectCommand;
    public sealed record ReactivateProject(int Number) : ProjectCommand;

    /// <param name="Mac">Keyed hash of the secret; the secret itself is not stored.</param>
    /// <param name="Hint">Prefix and last characters, for people.</param>
    public sealed record CreateKey(KeyTerms Terms, ImmutableArray<byte> Mac, string Hint) : ProjectCommand;

    /// <summary>
    /// A new key in the place of another, or (none named) of all admin keys, which go on until
    /// <paramref name="OldExpiresAt"/> at most.
    /// </summary>
    public sealed record RotateKey(
        ThingNumber KeyNumber, KeyTerms Terms, ImmutableArray<byte> Mac, string Hint, Instant OldExpiresAt)
        : ProjectCommand
    {
        /// <summary>
        /// Refuse what would leave no admin key that does not expire. Entries of earlier programs were made without.
        /// </summary>
        public bool KeepsLasting { get; init; }
    }

    public sealed record RevokeKey(ThingNumber KeyNumber) : ProjectCommand;

    /// <summary>Adds an upstream or replaces it.</summary>
    /// <param name="SealedKey">Null: the one it has.</param>
    public sealed record PutUpstream(string Name, string Options, ImmutableArray<byte>? SealedKey, string? KeyHint)
        : ProjectCommand;

    /// <summary>Gives a tier its terms from now on; a new tier, or a new version of one.</summary>
    public sealed record PutTier(string Name, TierTerms Terms) : ProjectCommand;

    /// <summary>Takes an issuer's tokens, by these terms from now on.</summary>
    public sealed record PutIdentityProvider(string Name, IdentityTerms Terms) : ProjectCommand;
    public sealed record RemoveIdentityProvider(string Name) : ProjectCommand;

    /// <summary>What is null stays as it is.</summary>
    public sealed record ChangeSettings(Duration? RefundGrace, Duration? MaxHoldLifetime) : ProjectCommand
    {
        public PricingSettingsChange? Pricing { get; init; }
        public string? DefaultTier { get; init; }
        public ImmutableArray<string>? ReportKeys { get; init; }
        public ProjectLimits? Limits { get; init; }
    }

    /// <summary>
    /// Adds versions where the book says otherwise. Without a date of its own, one is in effect from now.
    /// </summary>
    public sealed record PutPrices(ImmutableArray<Price> Prices) : ProjectCommand;
}
