using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Tallystick.Core.Money;

namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>
/// The usage objects of one response, merged: providers repeat them with growing figures, or give a member in one event
/// and the next in another, so the last value of each member counts and nothing is ever added up.
/// </summary>
internal sealed class UsageObject
{
    /// <summary>More than any model takes or gives in a call: the largest context windows have some 10⁷.</summary>
    private const long FigureMax = 1_000_000_000;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private readonly JsonObject _members;
    private readonly UsageObject? _whole;
    private UsageDoubts _doubts;

    public UsageObject() => _members = [];
    private UsageObject(JsonObject members, UsageObject whole) => (_members, _whole) = (members, whole);

    public JsonObject Raw => _members;
    public UsageDoubts Doubts => _doubts;

    /// <summary>
    /// Takes one usage object in; what is none (such as null in a chunk that is not the last) is passed over.
    /// </summary>
    public void Add(ReadOnlySpan<byte> json)
    {
        try
        {
            if (!IsText(json)) DoubtFigures();
            else if (JsonNode.Parse(json, documentOptions: Strict) is JsonObject members) Merge(_members, members);
        }
        catch (JsonException)
        {
            DoubtFigures();
        }
    }

    /// <summary>
    /// A whole number that may be a quantity; null if there is none, and a doubt if it cannot be one.
    /// </summary>
    public long? Count(params ReadOnlySpan<string> path)
    {
        if (Find(path) is not JsonValue value) return null;
        if (TryWhole(value) is { } count and >= 0 and <= FigureMax) return count;
        DoubtFigures();
        return null;
    }

    /// <summary>Also 12.0 and 1.2e1, as programs write that know one kind of number.</summary>
    private static long? TryWhole(JsonValue value)
    {
        if (value.GetValueKind() != JsonValueKind.Number) return null;
        if (value.TryGetValue(out long count)) return count;
        return ExactDecimal.TryParse(value.ToJsonString(), out var number) && number.IsWhole
            && number.Digits <= FigureMax ? (long)number.Digits : null;
    }

    /// <summary>A quantity with a fraction, such as seconds.</summary>
    public ExactDecimal? Quantity(params ReadOnlySpan<string> path)
    {
        if (Find(path) is not JsonValue value) return null;
        var isNumber = value.GetValueKind() == JsonValueKind.Number;
        if (isNumber && TryQuantity(value.ToJsonString(), out var quantity)) return quantity;
        DoubtFigures();
        return null;
    }

    /// <summary>Finer than a microsecond is no measurement: what is beyond is cut off.</summary>
    public static bool TryQuantity(string text, out ExactDecimal quantity)
    {
        quantity = default;
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) return false;
        if (value is < 0 or > FigureMax) return false;
        quantity = ExactDecimal.From((long)decimal.Truncate(value * 1_000_000), scale: 6);
        return true;
    }

    public string? Word(params ReadOnlySpan<string> path) =>
        Find(path) is JsonValue value && value.TryGetValue(out string? word) ? word : null;

    /// <summary>The objects of a list, each as a usage object of its own.</summary>
    public IReadOnlyList<UsageObject> List(string name) =>
        _members[name] is JsonArray list
            ? [.. list.OfType<JsonObject>().Select(item => new UsageObject(item, this))]
            : [];

    /// <summary>The whole numbers among the members of an object.</summary>
    public IEnumerable<(string Name, long Count)> Counts(string name)
    {
        if (_members[name] is not JsonObject members) yield break;
        foreach (var (member, _) in members)
            if (Count(name, member) is { } count) yield return (member, count);
    }

    private void DoubtFigures() => (_whole ?? this)._doubts |= UsageDoubts.Invalid;

    private JsonNode? Find(ReadOnlySpan<string> path)
    {
        JsonNode? node = _members;
        foreach (var name in path) node = (node as JsonObject)?[name];
        return node;
    }

    /// <summary>Half a surrogate, raw or escaped, would make each later look into the object throw.</summary>
    private static bool IsText(ReadOnlySpan<byte> json) =>
        Utf8.IsValid(json) && json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0;

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            if (value is null) continue;
            if (value is JsonObject members && into[name] is JsonObject known) Merge(known, members);
            else into[name] = value.DeepClone();
        }
    }
}
