using System.Collections.Immutable;
using Tallystick.Core.Journal;

namespace Tallystick.Core.Reports;

internal static class LabelCodec
{
    public static void Write(CborWriter writer, ImmutableArray<Label> labels)
    {
        writer.Array(labels.Length * 2);
        foreach (var label in labels) { writer.Text(label.Key); writer.Text(label.Value); }
    }

    public static ImmutableArray<Label> Read(ref CborReader reader)
    {
        var count = reader.Array();
        if (count % 2 != 0) throw new JournalCorruptException("labels come in twos");
        var labels = ImmutableArray.CreateBuilder<Label>();
        for (; count > 0; count -= 2) labels.Add(new(reader.Text(), reader.Text()));
        return labels.ToImmutable();
    }
}
