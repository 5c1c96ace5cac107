using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;

namespace Tallystick.Core.Grants;

/// <summary>Giving credits and taking them back.</summary>
internal static class GrantRules
{
    public static Rejection? Grant(
        AccountBook book, EntryDraft draft, AccountCommand.GiveCredits command, Moment moment)
    {
        if (book.Status == AccountStatus.Closed) return new Rejection.AccountClosed();
        var effectiveAt = command.EffectiveAt ?? moment.At;
        if (command.ExpiresAt <= moment.At) return new Rejection.InvalidTime("expires_at", "must be later than now");
        if (command.ExpiresAt <= effectiveAt)
            return new Rejection.InvalidTime("expires_at", "must be later than effective_at");

        var body = new EntryBody.Granted
        {
            Amount = command.Amount, Bucket = command.Bucket, Kind = command.Kind, Priority = command.Priority,
            IsFree = command.Kind is GrantKind.Promotional or GrantKind.Bonus, EffectiveAt = effectiveAt,
            ExpiresAt = command.ExpiresAt, CostBasis = command.CostBasis, ReferenceId = command.ReferenceId,
        };
        draft.Begin(body, moment.At);
        draft.Move(effectiveAt > moment.At ? MoveKind.IssuePending : MoveKind.Issue, draft.Number, command.Amount);
        draft.Enter(body, moment);
        return null;
    }

    public static Rejection? Void(
        AccountBook book, EntryDraft draft, AccountCommand.VoidGrant command, Moment moment, out long repeats)
    {
        repeats = 0;
        if (book.FindGrant(command.Grant) is not { } grant) return new Rejection.NotFound("grant");
        if (grant.IsVoided)
        {
            repeats = grant.ClawedBack == command.ClawBackUsed ? grant.VoidedBy : 0;
            return new Rejection.GrantConflict(GrantStatus.Voided);
        }
        draft.Move(MoveKind.Void, grant.Number, grant.Remaining);
        draft.Move(MoveKind.VoidPending, grant.Number, grant.Pending);
        if (command.ClawBackUsed) draft.Move(MoveKind.Owe, grant.Used);
        var after = book.FindGrant(grant.Number)!;
        draft.Enter(new EntryBody.GrantVoided
        {
            Grant = grant.Number, ClawBackUsed = command.ClawBackUsed, Held = after.Held, Used = after.Used,
            Expired = after.Expired, Voided = after.Voided,
        }, moment);
        return null;
    }
}
