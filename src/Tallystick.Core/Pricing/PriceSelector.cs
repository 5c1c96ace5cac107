using System.Collections.Immutable;

namespace Tallystick.Core.Pricing;

/// <summary>
/// What a price is for. Every part that is named must match; at least a model or a service is named. Prices with the
/// same selector are versions of one price.
/// </summary>
/// <param name="Aliases">Further names or patterns of the model; they do not make a different price.</param>
public sealed record PriceSelector(string? Provider, string? Model, string? Service, ImmutableArray<string> Aliases)
{
    /// <summary>For tables that do not tell upper from lower case (ASCII) in the names of models.</summary>
    public bool IgnoresCase { get; init; }

    public IEnumerable<ModelPattern> Models =>
        Model is null ? [] : Aliases.Prepend(Model).Select(text => new ModelPattern(text, IgnoresCase));

    /// <summary>By what it is for alone: aliases and case may change from version to version.</summary>
    public bool Equals(PriceSelector? other) =>
        other is not null && Provider == other.Provider && Model == other.Model && Service == other.Service;

    public override int GetHashCode() => HashCode.Combine(Provider, Model, Service);

    /// <summary>For people: <c>openai/gpt-4o</c>.</summary>
    public override string ToString() => string.Join('/', new[] { Provider, Model, Service }.OfType<string>());
}
