using System.Collections.Immutable;
using Tallystick.Core.Journal;

namespace Tallystick.Engine.Identity;

/// <summary>Where a licence is: it may have moved since.</summary>
/// <param name="Number">Of the project's entry that its key leads to.</param>
/// <param name="Former">Ids of the accounts that it has left, one for each move.</param>
public sealed record LicensePlace(ThingNumber Number, string AccountId, ImmutableArray<string> Former);
