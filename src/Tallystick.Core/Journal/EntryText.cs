using System.Collections.Immutable;

namespace Tallystick.Core.Journal;

/// <summary>Free text of an entry, kept beside the chain so that it can be erased.</summary>
/// <param name="Salt">16 random bytes.</param>
/// <param name="Content">Canonical JSON, UTF-8.</param>
public sealed record EntryText(ImmutableArray<byte> Salt, ImmutableArray<byte> Content);
