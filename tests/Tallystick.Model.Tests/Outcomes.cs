using System.Numerics;
using Xunit;

namespace Tallystick.Model.Tests;

internal static class Outcomes
{
    extension(Outcome outcome)
    {
        /// <summary>The entry of a command that must have been accepted.</summary>
        public ModelEntry Entry => Assert.IsType<Outcome.Accepted>(outcome).Entry;

        /// <summary>The grant, hold or charge that an accepted command made.</summary>
        public ThingId Id => new(outcome.Entry.Sequence);

        public void MustBeRefused(string code) => Assert.Equal(code, outcome.Refusal.Code);

        public Outcome.Refused Refusal => Assert.IsType<Outcome.Refused>(outcome);

        public void MustBeUnchanged() => Assert.IsType<Outcome.Unchanged>(outcome);
    }

    extension(ModelAccount account)
    {
        public ThingId Granted(
            long now, BigInteger amount, long? expires = null, int priority = 100, long? from = null) =>
            account.Grant(now, new GrantInput
            {
                Amount = amount,
                ExpiresAt = expires,
                Priority = priority,
                EffectiveAt = from,
            }).Id;

        public ThingId Held(long now, BigInteger amount, long? expires = null) =>
            account.Hold(now, new HoldInput { Amount = amount, ExpiresAt = expires }).Id;

        public Outcome Capture(
            long now, ThingId hold, BigInteger amount, CaptureMode mode = CaptureMode.Overflow, bool final = true) =>
            account.Capture(now, hold, new CaptureInput { Amount = amount, Mode = mode, Final = final });

        public ModelGrant The(ThingId grant) => account.Grants.Single(one => one.Id == grant);

        public ModelHold TheHold(ThingId hold) => account.Holds.Single(one => one.Id == hold);

        /// <summary>Remaining, held, debt and reserved: the four figures that all others follow from.</summary>
        public void MustShow(long now, BigInteger remaining, BigInteger held = default, BigInteger debt = default,
            BigInteger reserved = default)
        {
            account.CheckInvariants();
            Assert.Equal(
                new ModelBalance { Remaining = remaining, Held = held, Debt = debt, Reserved = reserved },
                account.Balance(now));
        }

        /// <summary>The legs of a charge or capture, as the description has them.</summary>
        public string Split(ThingId charge)
        {
            var start = $"charge {charge} ";
            var line = account.Describe().Split('\n')
                .Single(line => line.StartsWith(start, StringComparison.Ordinal));
            return line[(line.IndexOf("legs=", StringComparison.Ordinal) + "legs=".Length)..];
        }
    }

    /// <summary>The entry's postings as the description has them, without the brackets.</summary>
    public static string Postings(this ModelEntry entry) => string.Join(' ', entry.Postings.Select(posting =>
        (posting.Grant is { } grant ? $"{grant}/" : "") + $"{Words.Spell(posting.Pool)}:{posting.Amount}"));

    public static string Repayments(this ModelEntry entry) => string.Join(' ', entry.Repayments.Select(repayment =>
        $"{repayment.Debt}<{repayment.Grant}:{repayment.Amount}"));
}
