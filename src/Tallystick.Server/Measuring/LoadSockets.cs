namespace Tallystick.Server.Measuring;

/// <summary>
/// One thread for all sockets of the load, on which an answer is read and the next request sent: the load then takes
/// the least of a machine that it shares with what it measures, and the same whatever it measures.
/// </summary>
internal static class LoadSockets
{
    private static readonly (string Name, string Value)[] Variables =
    [
        ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1"), ("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1"),
    ];

    /// <summary>Of this process; before its first socket.</summary>
    public static void ShareOneThread()
    {
        foreach (var (name, value) in Variables) Environment.SetEnvironmentVariable(name, value);
    }

    /// <summary>What is measured runs as it is shipped.</summary>
    public static void Undo(IDictionary<string, string?> environment)
    {
        foreach (var (name, _) in Variables) environment.Remove(name);
    }
}
