using Tallystick.Core.Journal;
using Tallystick.Core.Money;

namespace Tallystick.Core.Imports;

/// <summary>A bucket of another system's account.</summary>
/// <param name="Charged">What the charges of the history took from it, as far as their rows say so.</param>
/// <param name="Grant">What it became; none while the balance has not been taken over.</param>
public sealed record ImportedBucket(string Name, CreditAmount Charged, ThingNumber Grant);
