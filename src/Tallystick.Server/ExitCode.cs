namespace Tallystick.Server;

/// <summary>What a command ends with; docs/cli.md has the table.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The books do not hold, or a server had to stop.</summary>
    public const int Broken = 1;
    public const int Usage = 2;

    /// <summary>The store cannot be opened, read or written; the message says why.</summary>
    public const int StoreRefused = 3;

    /// <summary>There is no such account or transaction.</summary>
    public const int NotFound = 4;

    /// <summary>What was imported, or the books that it came from, do not reconcile; the report says what.</summary>
    public const int Unreconciled = 5;

    /// <summary>What was compared is not the same.</summary>
    public const int Different = 6;

    /// <summary>Ended by Ctrl+C, as shells have it.</summary>
    public const int Interrupted = 130;
}
