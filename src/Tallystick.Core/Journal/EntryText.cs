using System.Collections.Immutable;

namespace Tallystick.Core.Journal;

/// <summary>Free text of an entry, kept beside the chain so that it can be erased.</summary>
/// <param name="Salt">16 random bytes.</param>
/// <param name="Content">Canonical JSON, UTF-8.</param>
public sealed record EntryText(ImmutableArray<byte> Salt, ImmutableArray<byte> Content)
{
    /// <summary>What its entry says of a text that is gone; empty for one that is there.</summary>
    public ImmutableArray<byte> ErasedDigest { get; private init; } = [];
    public bool IsErased => !ErasedDigest.IsEmpty;

    /// <summary>All that is left of an erased text.</summary>
    public static EntryText Erased(ImmutableArray<byte> digest) => new([], []) { ErasedDigest = digest };
}
