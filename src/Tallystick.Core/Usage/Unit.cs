using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Tallystick.Core.Usage;

/// <summary>
/// What is counted and has a rate. Kinds of tokens belong to each other by their <see cref="Traits"/>; everything else
/// stands for itself. The default is no unit.
/// </summary>
/// <param name="Name">The rate's name: <c>input</c>, <c>cache_read</c>, <c>images</c>, <c>web_searches</c>.</param>
/// <param name="Traits">None for everything but tokens.</param>
public readonly record struct Unit(string Name, TokenTraits Traits)
{
    private const string TokensSuffix = "_tokens";
    private const int NameLengthMax = 64;

    public static readonly Unit Input = new("input", TokenTraits.Input);
    public static readonly Unit Output = new("output", TokenTraits.Output);
    public static readonly Unit CacheRead = new("cache_read", TokenTraits.Input | TokenTraits.CacheRead);
    public static readonly Unit CacheWrite = new("cache_write", TokenTraits.Input | TokenTraits.CacheWrite);
    public static readonly Unit CacheWriteOneHour =
        new("cache_write_1h", TokenTraits.Input | TokenTraits.CacheWrite | TokenTraits.OneHour);
    public static readonly Unit Reasoning = new("reasoning", TokenTraits.Output | TokenTraits.Reasoning);
    public static readonly Unit InputAudio = new("input_audio", TokenTraits.Input | TokenTraits.Audio);
    public static readonly Unit OutputAudio = new("output_audio", TokenTraits.Output | TokenTraits.Audio);
    public static readonly Unit InputImage = new("input_image", TokenTraits.Input | TokenTraits.Image);
    public static readonly Unit OutputImage = new("output_image", TokenTraits.Output | TokenTraits.Image);
    public static readonly Unit Images = new("images", TokenTraits.None);
    public static readonly Unit Seconds = new("seconds", TokenTraits.None);
    public static readonly Unit Characters = new("characters", TokenTraits.None);
    public static readonly Unit Requests = new("requests", TokenTraits.None);

    /// <summary>All kinds of tokens: every direction, cache and purpose, each also by modality.</summary>
    public static readonly ImmutableArray<Unit> Tokens = [.. TokenKinds()];

    private static readonly FrozenDictionary<string, Unit> ByName =
        Tokens.Concat([Images, Seconds, Characters, Requests])
            .ToFrozenDictionary(unit => unit.Name, StringComparer.Ordinal);

    /// <summary>Tokens from the plain to the special, then the rest by name: the order of lines.</summary>
    public static readonly IComparer<Unit> Order = Comparer<Unit>.Create(static (left, right) =>
    {
        if (left.IsTokens != right.IsTokens) return left.IsTokens ? -1 : 1;
        return left.IsTokens
            ? Tokens.IndexOf(left).CompareTo(Tokens.IndexOf(right))
            : string.CompareOrdinal(left.Name, right.Name);
    });

    /// <summary>The units that a usage has members for; all others are in its <c>units</c>.</summary>
    private static readonly FrozenSet<Unit> Members = FrozenSet.Create(
        Input, Output, CacheRead, CacheWrite, CacheWriteOneHour, Reasoning, InputAudio, OutputAudio, InputImage,
        OutputImage, Images, Seconds, Characters, Requests);

    public bool IsTokens => Traits != TokenTraits.None;

    /// <summary>Rates of tokens and characters are per million, all others for one.</summary>
    public int PerPower => IsTokens || this == Characters ? 6 : 0;

    public long Per => PerPower == 0 ? 1 : 1_000_000;

    /// <summary>Half an image is no image; of seconds and of named units there are parts.</summary>
    public bool IsWhole => IsTokens || this == Images || this == Characters || this == Requests;

    /// <summary>The name of its count: <c>input_tokens</c>, <c>images</c>.</summary>
    public string CountName => IsTokens ? Name + TokensSuffix : Name;

    /// <summary>Where its count is in a usage: <c>input_tokens</c>, <c>units.web_searches</c>.</summary>
    public string CountPath => IsNamed ? "units." + CountName : CountName;
    public bool IsNamed => !Members.Contains(this);

    /// <summary>True where all that this counts is counted by the other, too.</summary>
    public bool IsPartOf(Unit pool) => pool.IsTokens && pool != this && (Traits & pool.Traits) == pool.Traits;

    /// <summary>
    /// The unit of a rate; any name of the grammar <c>[a-z][a-z0-9_]*</c> that is not known is a unit by itself.
    /// </summary>
    public static bool TryFromRate(string name, out Unit unit)
    {
        if (ByName.TryGetValue(name, out unit)) return true;
        unit = new(name, TokenTraits.None);
        return IsName(name)
            && !(name.EndsWith(TokensSuffix, StringComparison.Ordinal) && ByName.ContainsKey(WithoutSuffix(name)));
    }

    /// <summary>The unit of a count, by the count's name.</summary>
    public static bool TryFromCount(string name, out Unit unit)
    {
        if (name.EndsWith(TokensSuffix, StringComparison.Ordinal) && ByName.TryGetValue(WithoutSuffix(name), out unit))
            return unit.IsTokens;
        return TryFromRate(name, out unit) && !unit.IsTokens;
    }

    /// <summary>
    /// The kind of tokens that is a part of both and of nothing less; null where they exclude each other.
    /// </summary>
    public static Unit? Overlap(Unit left, Unit right)
    {
        var both = left.Traits | right.Traits;
        foreach (var unit in Tokens)
            if (unit.Traits == both) return unit;
        return null;
    }

    public override string ToString() => CountName;

    private static string WithoutSuffix(string name) => name[..^TokensSuffix.Length];

    private static bool IsName(string name) =>
        name.Length is > 0 and <= NameLengthMax && name[0] is >= 'a' and <= 'z'
        && name.All(letter => letter is >= 'a' and <= 'z' or >= '0' and <= '9' or '_');

    private static IEnumerable<Unit> TokenKinds()
    {
        (string Name, TokenTraits Traits)[] kinds =
        [
            ("input", TokenTraits.Input),
            ("cache_read", TokenTraits.Input | TokenTraits.CacheRead),
            ("cache_write", TokenTraits.Input | TokenTraits.CacheWrite),
            ("cache_write_5m", TokenTraits.Input | TokenTraits.CacheWrite | TokenTraits.FiveMinutes),
            ("cache_write_1h", TokenTraits.Input | TokenTraits.CacheWrite | TokenTraits.OneHour),
            ("tool", TokenTraits.Input | TokenTraits.Tool),
            ("output", TokenTraits.Output),
            ("reasoning", TokenTraits.Output | TokenTraits.Reasoning),
            ("citation", TokenTraits.Output | TokenTraits.Citation),
        ];
        (string Suffix, TokenTraits Traits)[] modalities =
        [
            ("", TokenTraits.None), ("_text", TokenTraits.Text), ("_audio", TokenTraits.Audio),
            ("_image", TokenTraits.Image), ("_video", TokenTraits.Video),
        ];
        foreach (var kind in kinds)
            foreach (var modality in modalities)
                yield return new(kind.Name + modality.Suffix, kind.Traits | modality.Traits);
    }
}
