using System.Collections.Immutable;

namespace Tallystick.Core.Journal;

internal static class Names
{
    public static void Write(CborWriter writer, ImmutableArray<string> names)
    {
        writer.Array(names.Length);
        foreach (var name in names) writer.Text(name);
    }

    public static ImmutableArray<string> Read(ref CborReader reader)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        for (var left = reader.Array(); left > 0; left--) names.Add(reader.Name());
        return names.ToImmutable();
    }
}
