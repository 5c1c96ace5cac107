namespace Tallystick.Core.Journal;

/// <summary>An entry as it is stored: its canonical bytes and the hash that ties it to the one before.</summary>
public sealed record SealedEntry(JournalEntry Entry, byte[] Bytes, byte[] Hash, EntryText? Text = null);
