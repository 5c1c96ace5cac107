namespace Tallystick.Core.Journal;

/// <summary>Stored bytes are not what this ledger wrote.</summary>
public sealed class JournalCorruptException : Exception
{
    public JournalCorruptException() { }
    public JournalCorruptException(string message) : base(message) { }
    public JournalCorruptException(string message, Exception inner) : base(message, inner) { }
}
