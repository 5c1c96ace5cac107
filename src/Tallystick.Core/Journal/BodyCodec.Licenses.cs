using Tallystick.Core.Time;

namespace Tallystick.Core.Journal;

/// <summary>Bodies about licences.</summary>
internal static partial class BodyCodec
{
    private static void WriteLicense(CborWriter writer, EntryBody body, bool semantic)
    {
        switch (body)
        {
            case EntryBody.LicenseIssued b:
                Begin(writer, b, semantic ? 3 : 4);
                Write(writer, b.License); writer.Text(b.Name); Write(writer, b.ExpiresAt);
                if (!semantic) writer.Text(b.Hint);
                break;
            case EntryBody.LicenseChanged b:
                Begin(writer, b, 3); Write(writer, b.License); writer.Text(b.Name); Write(writer, b.ExpiresAt); break;
            case EntryBody.LicenseDeactivated b: Begin(writer, b, 1); Write(writer, b.License); break;
            case EntryBody.LicenseReactivated b: Begin(writer, b, 1); Write(writer, b.License); break;
            case EntryBody.LicenseReceived b:
                Begin(writer, b, semantic ? 6 : 7);
                Write(writer, b.License); writer.Text(b.Name); writer.Int(b.CreatedAt.Micros);
                Write(writer, b.ExpiresAt);
                writer.Bool(b.IsActive); Names.Write(writer, b.Former);
                if (!semantic) writer.Text(b.Hint);
                break;
            case EntryBody.LicenseMoved b:
                Begin(writer, b, 2); Write(writer, b.License); writer.Text(b.AccountId); break;
            default: throw new System.Diagnostics.UnreachableException(body.Word);
        }
    }

    private static EntryBody? ReadLicense(ref CborReader r, long code, int count) => (code, count) switch
    {
        (30, 4) => ReadIssued(ref r),
        (31, 3) => new EntryBody.LicenseChanged(Thing(ref r), r.Text(), TimeOrNull(ref r)),
        (32, 1) => new EntryBody.LicenseDeactivated(Thing(ref r)),
        (33, 1) => new EntryBody.LicenseReactivated(Thing(ref r)),
        (34, 7) => ReadReceived(ref r),
        (35, 2) => new EntryBody.LicenseMoved(Thing(ref r), r.Text()),
        _ => null,
    };

    private static EntryBody.LicenseIssued ReadIssued(ref CborReader r)
    {
        var (number, name, expiresAt) = (Thing(ref r), r.Text(), TimeOrNull(ref r));
        return new(number, name, r.Text(), expiresAt);
    }

    private static EntryBody.LicenseReceived ReadReceived(ref CborReader r) => new()
    {
        License = Thing(ref r), Name = r.Text(), CreatedAt = Time(ref r), ExpiresAt = TimeOrNull(ref r),
        IsActive = r.Bool(), Former = Names.Read(ref r), Hint = r.Text(),
    };

    private static EntryBody.LicensePointed ReadPointed(ref CborReader r)
    {
        var (accountId, isChosen) = (r.Text(), r.Bool());
        return new([.. r.Bytes()], accountId, isChosen);
    }

    private static void Write(CborWriter writer, Instant? time)
    {
        if (time is { } at) writer.Int(at.Micros); else writer.Null();
    }

    private static Instant? TimeOrNull(ref CborReader r) => r.TryNull() ? null : Time(ref r);
}
