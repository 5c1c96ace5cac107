using Tallystick.Core.Journal;
using Tallystick.Core.Time;

namespace Tallystick.Core.Explanations;

/// <summary>The English of what happened to a licence.</summary>
internal static class LicenseSentence
{
    /// <summary>Null for anything else.</summary>
    public static string? Of(int project, EntryBody body) => body switch
    {
        EntryBody.LicenseIssued b => $"Licence {Id(project, b.License)} was issued{Until(b.ExpiresAt)}.",
        EntryBody.LicenseChanged b =>
            $"Licence {Id(project, b.License)}{Named(b.Name)} {(b.ExpiresAt is { } at ? $"expires at {at}"
                : "does not expire")}.",
        EntryBody.LicenseDeactivated b => $"Licence {Id(project, b.License)} was deactivated: its key is refused.",
        EntryBody.LicenseReactivated b => $"Licence {Id(project, b.License)} was reactivated.",
        EntryBody.LicenseReceived { Former.IsEmpty: true } b =>
            $"Licence {Id(project, b.License)} came from another system, as it was there.",
        EntryBody.LicenseReceived b => $"Licence {Id(project, b.License)} came from account {b.Former[^1]}.",
        EntryBody.LicenseMoved b => $"Licence {Id(project, b.License)} went to account {b.AccountId}.",
        _ => null,
    };

    private static string Id(int project, ThingNumber license) =>
        ThingId.Format(ThingId.License, ChainKey.OfProject(project), license);

    private static string Until(Instant? at) => at is { } expires ? $", until {expires}" : "";
    private static string Named(string name) => name.Length == 0 ? "" : $" is called {name} and";
}
