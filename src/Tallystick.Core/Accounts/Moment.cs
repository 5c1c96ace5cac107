using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;

namespace Tallystick.Core.Accounts;

/// <summary>The account's own time of a command, with what its entry takes from the envelope.</summary>
internal readonly record struct Moment(Instant At, Envelope Envelope)
{
    public ProjectTerms Terms => Envelope.Terms;
    public ProjectSettings Settings => Envelope.Terms.Settings;
    public Origin? Origin => Envelope.Origin;
    public EntryText? Text => Envelope.Text;
}

internal static class MomentDrafts
{
    /// <summary>Enters the command's own entry: with who asked, and the text.</summary>
    public static void Enter(this EntryDraft draft, EntryBody body, in Moment moment) =>
        draft.Enter(body, moment.At, moment.Origin, moment.Text);
}
