using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;

namespace Tallystick.Core.Accounts;

/// <summary>The licences of an account: active ones at hand, the others beside the state.</summary>
internal sealed partial class AccountBook
{
    /// <summary>Active ones by number.</summary>
    public ImmutableArray<License> Licenses { get; private set; }

    public License? FindLicense(ThingNumber number)
    {
        foreach (var license in Licenses)
            if (license.Number == number) return license;
        return (License?)FindRecord(new(RecordKind.License, number));
    }

    private void EndLicense(JournalEntry entry)
    {
        switch (entry.Body)
        {
            case EntryBody.LicenseIssued issued:
                Set(new License
                {
                    Number = issued.License, Name = issued.Name, Hint = issued.Hint, ExpiresAt = issued.ExpiresAt,
                    Status = LicenseStatus.Active, CreatedAt = entry.At,
                });
                break;
            case EntryBody.LicenseReceived received:
                Set(new License
                {
                    Number = received.License, Name = received.Name, Hint = received.Hint,
                    ExpiresAt = received.ExpiresAt,
                    Status = received.IsActive ? LicenseStatus.Active : LicenseStatus.Inactive,
                    CreatedAt = received.CreatedAt, Former = received.Former,
                });
                break;
            case EntryBody.LicenseChanged changed:
                Change(changed.License, license => license with { Name = changed.Name, ExpiresAt = changed.ExpiresAt });
                break;
            case EntryBody.LicenseDeactivated deactivated:
                Change(deactivated.License, license => license with { Status = LicenseStatus.Inactive });
                break;
            case EntryBody.LicenseReactivated reactivated:
                Change(reactivated.License, license => license with { Status = LicenseStatus.Active });
                break;
            case EntryBody.LicenseMoved moved:
                Change(moved.License, license => license with { MovedTo = moved.AccountId });
                break;
        }
    }

    private void Change(ThingNumber number, Func<License, License> change)
    {
        if (FindLicense(number) is { } license) Set(change(license));
    }

    private void Set(License license)
    {
        var place = 0;
        while (place < Licenses.Length && Licenses[place].Number < license.Number) place++;
        var isAt = place < Licenses.Length && Licenses[place].Number == license.Number;
        if (license is { Status: LicenseStatus.Active, MovedTo: null })
        {
            _changed?.Remove(license.Key);
            Licenses = isAt ? Licenses.SetItem(place, license) : Licenses.Insert(place, license);
            return;
        }
        if (isAt) Licenses = Licenses.RemoveAt(place);
        Changed(license);
    }
}
