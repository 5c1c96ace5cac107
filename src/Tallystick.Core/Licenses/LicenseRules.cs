using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;

namespace Tallystick.Core.Licenses;

/// <summary>Licences as an account decides them.</summary>
internal static class LicenseRules
{
    /// <summary>Of the licence whose key came with the request, before anything of the account itself.</summary>
    public static Rejection? RefusedUse(AccountBook book, Moment moment)
    {
        if (moment.Origin is not { License: { IsNone: false } number }) return null;
        var license = book.FindLicense(number);
        return license is not null && HasMovedSince(license, moment)
            ? new Rejection.LicenseMoved()
            : License.RefusedUse(license, moment.At);
    }

    /// <summary>
    /// Of the licence by which something was used: that it is not here, or was elsewhere meanwhile. Asked only of who
    /// says how often it has moved; whether it may be used does not matter, for it was.
    /// </summary>
    public static Rejection? RefusedPlace(AccountBook book, Moment moment) =>
        moment.Origin is { License: { IsNone: false } number } && book.FindLicense(number) is { } license
            ? RefusedPlace(license, moment)
            : null;

    public static Rejection? Issue(
        AccountBook book, EntryDraft draft, AccountCommand.IssueLicense command, Moment moment)
    {
        if (RefusedAdding(book) is { } refused) return refused;
        if (command.ExpiresAt <= moment.At) return new Rejection.InvalidTime("expires_at", "must lie in the future");
        if (book.FindLicense(command.License) is not null) return new Rejection.LicenseConflict("it is issued already");
        draft.Enter(
            new EntryBody.LicenseIssued(command.License, command.Name, command.Hint, command.ExpiresAt), moment);
        return null;
    }

    public static Rejection? Change(
        AccountBook book, EntryDraft draft, AccountCommand.ChangeLicense command, Moment moment)
    {
        if (Here(book, command.License, moment, out var license) is { } refused) return refused;
        var (name, expiresAt) = (command.Name ?? license.Name, command.ClearExpiresAt ? null
            : command.ExpiresAt ?? license.ExpiresAt);
        if ((name, expiresAt) == (license.Name, license.ExpiresAt)) return null;
        if (expiresAt != license.ExpiresAt && expiresAt < moment.At)
            return new Rejection.InvalidTime("expires_at", "must not lie in the past");
        draft.Enter(new EntryBody.LicenseChanged(command.License, name, expiresAt), moment);
        return null;
    }

    /// <summary>Ends it now; one that has ended already stays as it is.</summary>
    public static Rejection? Expire(
        AccountBook book, EntryDraft draft, AccountCommand.ExpireLicense command, Moment moment)
    {
        if (Here(book, command.License, moment, out var license) is { } refused) return refused;
        if (!license.IsExpiredAt(moment.At))
            draft.Enter(new EntryBody.LicenseChanged(command.License, license.Name, moment.At), moment);
        return null;
    }

    public static Rejection? Deactivate(
        AccountBook book, EntryDraft draft, AccountCommand.DeactivateLicense command, Moment moment)
    {
        if (Here(book, command.License, moment, out var license) is { } refused) return refused;
        if (license.Status == LicenseStatus.Active)
            draft.Enter(new EntryBody.LicenseDeactivated(command.License), moment);
        return null;
    }

    public static Rejection? Reactivate(
        AccountBook book, EntryDraft draft, AccountCommand.ReactivateLicense command, Moment moment)
    {
        if (Here(book, command.License, moment, out var license) is { } refused) return refused;
        if (license.Status == LicenseStatus.Active) return null;
        if (RefusedAdding(book) is { } full) return full;
        draft.Enter(new EntryBody.LicenseReactivated(command.License), moment);
        return null;
    }

    /// <summary>It goes to another account. What it was stays here for that one to take over, however late.</summary>
    public static Rejection? Leave(
        AccountBook book, EntryDraft draft, AccountCommand.MoveLicense command, Moment moment)
    {
        if (Here(book, command.License, moment, out var license) is { } refused) return refused;
        if (command.AccountId == book.AccountId) return null;
        if (license.Former.Length == License.MovesMax) return new Rejection.LimitExceeded("moves of a licence");
        draft.Enter(new EntryBody.LicenseMoved(command.License, command.AccountId), moment);
        return null;
    }

    /// <summary>It arrives as the account before let go of it; a second arrival of one move changes nothing.</summary>
    public static Rejection? Receive(
        AccountBook book, EntryDraft draft, AccountCommand.ReceiveLicense command, Moment moment)
    {
        var license = command.License;
        if (book.FindLicense(license.Number) is { } known && known.Former.Length >= license.Former.Length) return null;
        if (license.Status == LicenseStatus.Active && RefusedAdding(book) is { } refused
            && book.Status != AccountStatus.Closed) return refused;
        draft.Enter(
            new EntryBody.LicenseReceived
            {
                License = license.Number, Name = license.Name, Hint = license.Hint, CreatedAt = license.CreatedAt,
                ExpiresAt = license.ExpiresAt, IsActive = license.Status == LicenseStatus.Active,
                Former = license.Former,
            }, moment);
        return null;
    }

    private static Rejection.LicenseMoved? RefusedPlace(License license, Moment moment) =>
        moment.Envelope.LicenseMoves is not null && (license.MovedTo is not null || HasMovedSince(license, moment))
            ? new()
            : null;

    /// <summary>Whoever asks looked for its keys in all accounts that it had left: there is one more by now.</summary>
    private static bool HasMovedSince(License license, Moment moment) =>
        moment.Envelope.LicenseMoves is { } known && known != license.Former.Length;

    private static Rejection? Here(AccountBook book, ThingNumber number, Moment moment, out License license)
    {
        license = book.FindLicense(number)!;
        return license switch
        {
            null => new Rejection.NotFound("license"),
            { MovedTo: not null } => new Rejection.LicenseMoved(),
            _ => RefusedPlace(license, moment),
        };
    }

    private static Rejection? RefusedAdding(AccountBook book) =>
        book.Status == AccountStatus.Closed ? new Rejection.AccountClosed()
        : book.Licenses.Length < License.ActiveMax ? null
        : new Rejection.LimitExceeded("active licenses");
}
