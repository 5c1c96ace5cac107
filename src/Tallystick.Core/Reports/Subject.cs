using System.Collections.Immutable;
using Tallystick.Core.Journal;

namespace Tallystick.Core.Reports;

/// <summary>What a charge was for, as far as reports tell charges apart.</summary>
public sealed record Subject(string? Model, string? Service, ImmutableArray<Label> Labels)
{
    public static readonly Subject None = new(null, null, []);

    public static Subject Of(JournalEntry entry)
    {
        var (usage, labels) = (entry.Usage, entry.Origin?.Labels ?? []);
        return usage is null && labels.IsEmpty ? None
            : new(usage?.Model, usage?.Service ?? usage?.Provider, labels);
    }

    /// <summary>Its value on each axis that it has one on.</summary>
    public IEnumerable<(string Axis, string Value)> Values
    {
        get
        {
            if (Model is not null) yield return (Axis.Model, Model);
            if (Service is not null) yield return (Axis.Service, Service);
            foreach (var label in Labels) yield return (Axis.Of(label.Key), label.Value);
        }
    }

    public bool Equals(Subject? other) =>
        other is not null && Model == other.Model && Service == other.Service && Labels.SequenceEqual(other.Labels);

    public override int GetHashCode() => HashCode.Combine(Model, Service, Labels.Length);

    internal void Write(CborWriter writer)
    {
        writer.Array(3);
        if (Model is null) writer.Null(); else writer.Text(Model);
        if (Service is null) writer.Null(); else writer.Text(Service);
        LabelCodec.Write(writer, Labels);
    }

    internal static Subject Read(ref CborReader reader)
    {
        if (reader.Array() != 3) throw new JournalCorruptException("not a subject");
        return new(
            reader.TryNull() ? null : reader.Text(), reader.TryNull() ? null : reader.Text(),
            LabelCodec.Read(ref reader));
    }
}
