using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;

namespace Tallystick.Core.Accounts;

/// <summary>The account's own time of a command, with what its entry takes from the envelope.</summary>
internal readonly record struct Moment(Instant At, ProjectTerms Terms, Origin? Origin, EntryText? Text)
{
    public ProjectSettings Settings => Terms.Settings;
}

internal static class MomentDrafts
{
    /// <summary>Enters the command's own entry: with who asked, and the text.</summary>
    public static void Enter(this EntryDraft draft, EntryBody body, in Moment moment) =>
        draft.Enter(body, moment.At, moment.Origin, moment.Text);
}
