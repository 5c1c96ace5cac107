namespace Tallystick.Core.Journal;

/// <summary>
/// Names a record of a chain that has left the state: a grant, hold, charge or debt that is no longer open.
/// </summary>
public readonly record struct RecordKey(RecordKind Kind, ThingNumber Number);
