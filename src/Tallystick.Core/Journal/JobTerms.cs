using Tallystick.Core.Money;

namespace Tallystick.Core.Journal;

/// <summary>A job over a hold: so many rows at so much each (document 002).</summary>
public sealed record JobTerms(long Rows, CreditAmount CreditsPerRow);
