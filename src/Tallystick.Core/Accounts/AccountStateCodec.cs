using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Tallystick.Core.Charges;
using Tallystick.Core.Grants;
using Tallystick.Core.Holds;
using Tallystick.Core.Imports;
using Tallystick.Core.Journal;
using Tallystick.Core.Licenses;
using Tallystick.Core.Limits;
using Tallystick.Core.Projects;
using Tallystick.Core.Tiers;
using Tallystick.Core.Time;

namespace Tallystick.Core.Accounts;

/// <summary>
/// Bytes of a state as a store keeps them. Not part of the chain: a state can always be folded again.
/// </summary>
public static class AccountStateCodec
{
    private const int Members = 24;

    /// <summary>An account that nothing was imported into takes no room for it.</summary>
    private const int MembersWithImport = Members + 1;

    public static byte[] Encode(AccountState s)
    {
        var w = new CborWriter();
        w.Array(s.Imported.IsNone ? Members : MembersWithImport);
        w.Int(s.Key.Project); w.Int(s.Key.Number); w.Int(s.Sequence); w.Bytes(s.Head); w.Int(s.LastAt.Micros);
        w.Text(s.AccountId); w.Int((int)s.Status); w.Int(s.CreatedAt.Micros);
        s.Texts.Write(w);
        s.Terms.Write(w);
        if (s.Membership is null) w.Null(); else s.Membership.Write(w);
        Names.Write(w, s.TiersTaken);
        w.Array(s.Budgets.Length); foreach (var budget in s.Budgets) budget.Write(w);
        w.Int(s.Reserved.Micros); w.Int(s.Issued.Micros);
        w.Int(s.Remaining.Micros); w.Int(s.GrantsHeld.Micros);
        if (s.NextDueBound is { } due) w.Int(due.Micros); else w.Null();
        w.Array(s.Grants.Length); foreach (var grant in s.Grants) grant.Write(w);
        w.Array(s.Holds.Length); foreach (var hold in s.Holds) hold.Write(w);
        w.Array(s.Debts.Count); foreach (var debt in s.Debts) debt.Write(w);
        w.Array(s.Licenses.Length); foreach (var license in s.Licenses) license.Write(w);
        if (!s.Imported.IsNone) s.Imported.Write(w);
        return w.ToArray();
    }

    /// <summary>Reads an account's or a project's state.</summary>
    public static ChainState Decode(ReadOnlySpan<byte> bytes)
    {
        var r = new CborReader(bytes);
        var members = r.Array();
        if (members is not (Members or MembersWithImport)) return ProjectState.Read(members, ref r);
        ImmutableList<Debt> debts;
        return new AccountState
        {
            Key = new((int)r.Int(), r.Int()), Sequence = r.Int(), Head = r.Bytes().ToArray(), LastAt = new(r.Int()),
            AccountId = r.Text(), Status = (AccountStatus)r.Int(), CreatedAt = new(r.Int()),
            Texts = TextMarks.Read(ref r),
            Terms = AccountTerms.Read(ref r), Membership = r.TryNull() ? null : Membership.Read(ref r),
            TiersTaken = Names.Read(ref r), Budgets = ReadAll(ref r, Budget.Read), Reserved = new(r.Int()),
            Issued = new(r.Int()),
            Remaining = new(r.Int()), GrantsHeld = new(r.Int()),
            NextDueBound = r.TryNull() ? null : new Instant(r.Int()),
            Grants = ReadAll(ref r, Grant.Read), Holds = ReadAll(ref r, Hold.Read),
            Debts = debts = [.. ReadAll(ref r, Debt.Read)], Licenses = ReadAll(ref r, License.Read),
            Imported = members == MembersWithImport ? ImportedBooks.Read(ref r) : ImportedBooks.None,
            Owed = new(debts.Sum(debt => debt.Owed.Micros)),
        };
    }

    public static ChainRecord DecodeRecord(RecordKind kind, ReadOnlySpan<byte> bytes)
    {
        var r = new CborReader(bytes);
        return kind switch
        {
            RecordKind.Grant => Grant.Read(ref r),
            RecordKind.Hold => Hold.Read(ref r),
            RecordKind.Charge => Charge.Read(ref r),
            RecordKind.Debt => Debt.Read(ref r),
            RecordKind.Key => ApiKey.Read(ref r),
            RecordKind.License => License.Read(ref r),
            _ => throw new JournalCorruptException($"unknown record {(int)kind}"),
        };
    }

    private static ImmutableArray<T> ReadAll<T>(ref CborReader r, ReadOne<T> read)
    {
        var count = r.Array();
        if (count == 0) return [];
        var all = new T[count];
        for (var i = 0; i < count; i++) all[i] = read(ref r);
        return ImmutableCollectionsMarshal.AsImmutableArray(all);
    }

    private delegate T ReadOne<out T>(ref CborReader r);
}
