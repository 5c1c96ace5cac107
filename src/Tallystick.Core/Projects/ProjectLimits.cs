using Tallystick.Core.Journal;

namespace Tallystick.Core.Projects;

/// <summary>What all requests of a project may come to together; null where it sets no limit.</summary>
public sealed record ProjectLimits
{
    public static readonly ProjectLimits None = new();

    public long? RequestsPerMinute { get; init; }
    public long? TokensPerMinute { get; init; }

    /// <summary>Under way at the same time, on each node.</summary>
    public long? RequestsAtOnce { get; init; }

    internal void Write(CborWriter writer)
    {
        writer.Array(3);
        foreach (var limit in (ReadOnlySpan<long?>)[RequestsPerMinute, TokensPerMinute, RequestsAtOnce])
            if (limit is { } number) writer.Int(number); else writer.Null();
    }

    internal static ProjectLimits Read(ref CborReader r)
    {
        if (r.Array() != 3) throw new JournalCorruptException("not a project's limits");
        return new()
        {
            RequestsPerMinute = r.TryNull() ? null : r.Int(), TokensPerMinute = r.TryNull() ? null : r.Int(),
            RequestsAtOnce = r.TryNull() ? null : r.Int(),
        };
    }
}
