using Tallystick.Core.Journal;

namespace Tallystick.Core.Reports;

/// <summary>What one entry adds to reports: to its account's and to its project's alike.</summary>
/// <param name="Flow">What it did to the balance, in <paramref name="Slot"/>.</param>
/// <param name="Usage">What was used, in <paramref name="UsageSlot"/>, under each value of the subject.</param>
public readonly record struct EntrySum(Figures Flow, int Slot, Figures Usage, int UsageSlot, Subject Subject)
{
    public bool IsZero => Flow.IsZero && Usage.IsZero;

    /// <param name="subject">
    /// The entry's own; of one that gives back a part of a charge or corrects it, the charge's.
    /// </param>
    public static EntrySum Of(JournalEntry entry, Subject subject) => new(
        EntryFigures.OfBalance(entry), Slots.Of(entry.At), EntryFigures.OfUsage(entry),
        Slots.Of(entry.Body switch
        {
            EntryBody.UsageRecorded recorded => recorded.OccurredAt,
            EntryBody.Corrected corrected => corrected.CountedAt,
            _ => entry.At,
        }),
        subject);
}
