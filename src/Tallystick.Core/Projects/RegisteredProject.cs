using Tallystick.Core.Journal;
using Tallystick.Core.Time;

namespace Tallystick.Core.Projects;

/// <summary>A project beside the first one, whose state has the register of all.</summary>
public sealed record RegisteredProject(int Number, string Name, bool IsTest, Instant CreatedAt)
{
    /// <summary>Of all times: a name and a number are never given again.</summary>
    public const int CountMax = 1_000;

    /// <summary>Null while its keys are taken.</summary>
    public Instant? ArchivedAt { get; init; }

    internal void Write(CborWriter writer)
    {
        writer.Array(5);
        writer.Int(Number); writer.Text(Name); writer.Bool(IsTest); writer.Int(CreatedAt.Micros);
        if (ArchivedAt is { } at) writer.Int(at.Micros); else writer.Null();
    }

    internal static RegisteredProject Read(ref CborReader r)
    {
        if (r.Array() != 5) throw new JournalCorruptException("not a project");
        return new(checked((int)r.Int()), r.Text(), r.Bool(), new(r.Int()))
        {
            ArchivedAt = r.TryNull() ? null : new Instant(r.Int()),
        };
    }
}
