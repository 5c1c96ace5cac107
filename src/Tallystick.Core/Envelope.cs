using Tallystick.Core.Journal;
using Tallystick.Core.Pricing;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;

namespace Tallystick.Core;

/// <summary>What a command needs from outside: when, by whose rules, and who asked.</summary>
/// <param name="Now">Of the server; the account's own time is never earlier than its last entry.</param>
/// <param name="Text">Free text for the command's own entry.</param>
public sealed record Envelope(Instant Now, ProjectTerms Terms, Origin? Origin = null, EntryText? Text = null)
{
    /// <summary>The project's, where the command needs them.</summary>
    public PriceBook Prices { get; init; } = PriceBook.Empty;

    /// <summary>How often the request's licence has moved, as far as whoever asks knows; null: no matter.</summary>
    public int? LicenseMoves { get; init; }
}
