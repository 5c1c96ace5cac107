using System.Collections.Immutable;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Charges;
using Tallystick.Core.Grants;
using Tallystick.Core.Holds;
using Tallystick.Core.Imports;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Engine;
using Tallystick.Server.Import;
using Tallystick.Server.Import.Books;
using Tallystick.Server.Import.Runs;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Server.Tests.Import;

/// <summary>The systems of the documents, moved into stores of ours.</summary>
public sealed class ImportTests(ImportFixture fixture)
{
    private static readonly Dictionary<string, (string Tables, string Rows)> Sound = new()
    {
        ["000"] = (OldSystems.Tables000, OldSystems.Sound000), ["001"] = (OldSystems.Tables001, OldSystems.Sound001),
        ["002"] = (OldSystems.Tables002, OldSystems.Sound002), ["003"] = (OldSystems.Tables003, OldSystems.Sound003),
    };

    [Theory]
    [InlineData("000")]
    [InlineData("001")]
    [InlineData("002")]
    [InlineData("003")]
    public async Task Sound_books_come_over_with_equal_digests_and_a_second_run_changes_nothing_I38_I40(
        string layout)
    {
        var source = await fixture.SourceAsync(Sound[layout].Tables, Sound[layout].Rows);
        var digests = new List<string>();
        foreach (var isPostgres in new[] { false, true })
        {
            await using var move = await Relocation.IntoAsync(fixture, isPostgres);
            await move.RunAsync(source, layout);
            Assert.True(move.Totals.Reconciles, Words(move));
            Assert.All(move.Outcomes, outcome => Assert.Equal(ImportStatus.Imported, outcome.Status));
            Assert.All(move.Outcomes, outcome => Assert.Equal(outcome.OldBalance, outcome.NewBalance));
            digests.Add(await move.VerifyAsync());

            await move.RunAsync(source, layout);

            Assert.True(move.Totals.Reconciles, Words(move));
            Assert.All(move.Outcomes, outcome => Assert.Equal(ImportStatus.Unchanged, outcome.Status));
            Assert.Equal((0, 0), (move.Totals.NewRows, move.Strays.Count));
            digests.Add(await move.VerifyAsync());
        }
        Assert.Single(digests.Distinct());
    }

    [Fact]
    public async Task History_is_told_as_it_stood_there_and_moves_nothing_here_I40()
    {
        await using var move = await Relocation.IntoAsync(fixture, isPostgres: false);
        await move.RunAsync(await fixture.SourceAsync(OldSystems.Tables000, OldSystems.Sound000), "000");

        var entries = await move.EntriesAsync("acme");

        var rows = entries.Where(entry => entry.Entry.Body is EntryBody.HistoryImported).ToList();
        Assert.Equal(4, rows.Count);
        Assert.All(rows, row => Assert.Equal((0, default), (row.Entry.Moves.Length, row.Entry.BalanceAfter)));
        var last = (EntryBody.HistoryImported)rows[3].Entry.Body;
        Assert.Equal(("credit_ledger", "usage", "t-1"), (last.Table, last.Type, last.ReferenceId));
        Assert.Equal((Credits(-750_000), Credits(21_500_000)), (last.Amount, last.Left!.Value));
        Assert.Equal("2025-11-04T10:00:00.123456Z", last.OccurredAt.ToString());
        Assert.Contains("\"message_id\":\"m-3\"", System.Text.Encoding.UTF8.GetString(rows[3].Text!.Content.AsSpan()));
        var opening = (EntryBody.BalanceImported)entries[^1].Entry.Body;
        Assert.Equal((4L, Credits(21_500_000), Credits(21_500_000)), (opening.Rows, opening.Sum, opening.Stated));
        var state = await move.StateAsync("acme");
        Assert.Equal(
            [("expiring", 50, 1_500_000L, 5_750_000L), ("non_expiring", 100, 20_000_000L, 1_500_000L)],
            state.Grants.Select(grant =>
                (grant.Bucket, grant.Priority, grant.Remaining.Micros, grant.Used.Micros)));
        Assert.All(state.Grants, grant => Assert.Equal(GrantKind.Import, grant.GrantKind));
    }

    [Fact]
    public async Task An_imported_charge_is_refunded_to_its_buckets_and_one_without_a_split_is_a_conflict_I20_I40()
    {
        await using var move = await Relocation.IntoAsync(fixture, isPostgres: false);
        await move.RunAsync(await fixture.SourceAsync(OldSystems.Tables000, OldSystems.Sound000), "000");
        var charges = (await move.EntriesAsync("acme")).Select(entry => entry.Entry)
            .Where(entry => entry.Body is EntryBody.HistoryImported { IsCharge: true }).ToList();

        var first = await RefundAsync(move, charges[0], Credits(2_000_000));
        var second = await RefundAsync(move, charges[0], null);
        var third = await RefundAsync(move, charges[0], null);
        var none = await RefundAsync(move, charges[1], null);

        // Expiring credits were burned first, so they come back last.
        var grants = (await move.StateAsync("acme")).Grants;
        Assert.Equal(
            [(MoveKind.Refund, grants[1].Number, 1_500_000L), (MoveKind.Refund, grants[0].Number, 500_000L)],
            Moves(first));
        Assert.Equal([(MoveKind.Refund, grants[0].Number, 4_500_000L)], Moves(second));
        Assert.Equal("already_refunded", Refused(third));
        Assert.Equal("conflict", Refused(none));
        // What was given back there is not given back again.
        foreach (var charge in (await move.EntriesAsync("beta")).Where(
            entry => entry.Entry.Body is EntryBody.HistoryImported { IsCharge: true }))
            Assert.Equal("conflict", Refused(await RefundAsync(move, charge.Entry, null)));
        await move.VerifyAsync();
    }

    [Fact]
    public async Task A_job_under_way_is_a_hold_on_what_it_took_and_ends_as_any_I16_I40()
    {
        await using var move = await Relocation.IntoAsync(fixture, isPostgres: false);
        await move.RunAsync(await fixture.SourceAsync(OldSystems.Tables002, OldSystems.Sound002), "002");
        var (ada, bob) = (await move.StateAsync(OldSystems.Ada), await move.StateAsync(OldSystems.Bob));
        var (job, unsplit) = (Assert.Single(ada.Holds), Assert.Single(bob.Holds));
        Assert.Equal((Credits(2_000_000_000), Credits(3_500_000_000)), (ada.Held, ada.Available));
        Assert.Equal([500_000_000L, 1_500_000_000L], job.Open.Select(leg => leg.Amount.Micros));
        Assert.Equal(new JobTerms(2_000, CreditAmount.FromCredits(1)), job.Job);
        Assert.Equal("10000000-0000-0000-0000-000000000001", job.ReferenceId);
        Assert.Equal("unassigned", bob.OpenGrant(Assert.Single(unsplit.Open).Grant)!.Bucket);
        Assert.Contains(move.Of(OldSystems.Bob).Findings, finding => finding.Kind == FindingKind.JobWithoutSplit);

        // The job of document 002 fails: 500 and 1,500 come back to where they were.
        await DoneAsync(move, OldSystems.Ada, new AccountCommand.EndJob(
            job.Number, JobOutcome.Failed, 0, CaptureMode.Overflow));
        await DoneAsync(move, OldSystems.Bob, new AccountCommand.EndJob(
            unsplit.Number, JobOutcome.Completed, null, CaptureMode.Overflow));

        ada = await move.StateAsync(OldSystems.Ada);
        Assert.Equal(
            [("monthly", 500_000_000L), ("addon", 5_000_000_000L)],
            ada.Grants.Select(grant => (grant.Bucket, grant.Remaining.Micros)));
        Assert.Equal(Credits(1_000_000_000), (await move.StateAsync(OldSystems.Bob)).Balance);
        await move.VerifyAsync();
    }

    [Fact]
    public async Task A_licence_comes_with_its_state_and_its_credits()
    {
        await using var move = await Relocation.IntoAsync(fixture, isPostgres: false);
        await move.RunAsync(await fixture.SourceAsync(OldSystems.Tables001, OldSystems.Sound001), "001");

        foreach (var (account, expected) in new[] { ("1", null), ("2", "license_inactive"), ("3", "license_expired") })
        {
            var entry = (await move.EntriesAsync(account)).Select(one => one.Entry.Body)
                .OfType<EntryBody.LicenseReceived>().Single();
            var reply = await move.Ledger.ExecuteAsync(
                new()
                {
                    Chain = ChainKey.OfAccount(1, account), AccountId = account,
                    Account = new AccountCommand.ChargeCredits(Demand.Of(Credits(1_000_000)), null),
                    Origin = new("c", [.. new byte[16]], new(2), [.. new byte[16]]) { License = entry.License },
                },
                default);
            Assert.Equal(expected, reply is Reply.Refused refused ? refused.Rejection.Code : null);
        }
        await move.VerifyAsync();
    }

    [Fact]
    public async Task Broken_books_are_taken_over_as_they_stand_and_each_failure_is_named()
    {
        await using var move = await Relocation.IntoAsync(fixture, isPostgres: true);
        await move.RunAsync(await fixture.SourceAsync(OldSystems.Tables000, OldSystems.Broken000), "000");

        Assert.Equal([(FindingKind.DoubleDeduction, "2.000000")], Found(move, "doubled"));
        Assert.Equal(
            [(FindingKind.SumIsNotTheBalance, "2.000000"), (FindingKind.LostUpdate, "2.000000")], Found(move, "lost"));
        Assert.Equal(
            [(FindingKind.SumIsNotTheBalance, "-6.000000"), (FindingKind.UnrecordedChange, "-6.000000")],
            Found(move, "rowless"));
        Assert.Equal([(FindingKind.BalanceIsNotItsBuckets, "2.000000")], Found(move, "torn"));
        Assert.Equal([(FindingKind.SplitIsNotTheAmount, "1.000000")], Found(move, "unsplit"));
        Assert.Equal([(FindingKind.NegativeBalance, "-3.000000")], Found(move, "negative"));
        Assert.Equal("1 rows of credit_ledger are of account nobody, which there is not: they stay behind",
            Assert.Single(move.Strays).Text);
        Assert.Equal((6, 5), (move.Totals.Accounts, move.Totals.Unreconciled));
        Assert.Equal(Credits(5_000_000), (await move.StateAsync("torn")).Available);
        var negative = await move.StateAsync("negative");
        Assert.Equal((Credits(-2_000_000), Credits(2_000_000)), (negative.Available, negative.Owed));
        await move.VerifyAsync();
    }

    [Fact]
    public async Task The_loss_of_document_002_is_named_and_its_account_comes_over_as_it_stands()
    {
        await using var move = await Relocation.IntoAsync(fixture, isPostgres: false);
        await move.RunAsync(await fixture.SourceAsync(OldSystems.Tables002, OldSystems.Broken002), "002");

        Assert.Equal([(FindingKind.WrongBucketRefund, "1500.000000")], Found(move, OldSystems.Ada));
        Assert.Equal(CreditAmount.FromCredits(5_500), (await move.StateAsync(OldSystems.Ada)).Available);
    }

    [Fact]
    public async Task What_is_not_exact_or_below_zero_is_refused_or_taken_as_a_flag_says()
    {
        var source = await fixture.SourceAsync(
            OldSystems.Tables003.Replace("credits_remaining numeric", "credits_remaining double precision"), """
            INSERT INTO user_credits (user_id, credits_remaining) VALUES
                ('float', 0.1::float8 + 0.2::float8), ('fine', 0.25), ('less', -1.5), ('none', 'NaN');
            INSERT INTO credit_transactions VALUES
                (gen_random_uuid(), 'fine', 0.25, 'purchase', NULL, NULL, NULL, NULL, NULL, '2025-01-01', 0.25),
                (gen_random_uuid(), 'less', -1.5, 'usage', NULL, NULL, NULL, NULL, NULL, '2025-01-01', -1.5),
                (gen_random_uuid(), 'float', 0.3, 'purchase', NULL, NULL, NULL, NULL, NULL, '2025-01-01', 0.3);
            """);
        await using var move = await Relocation.IntoAsync(fixture, isPostgres: false);
        await move.RunAsync(source, "003", new() { RefuseNegative = true });

        Assert.Equal(
            ["user_credits.credits_remaining is 0.30000000000000004: more than six decimals (--round rounds them)",
             "bucket credits has -1.500000 (--refuse-negative)",
             "user_credits.credits_remaining is NaN, which is no amount"],
            new[] { "float", "less", "none" }.Select(id => Assert.Single(move.Of(id).Findings).Text));
        Assert.Null(await move.Ledger.FindAccountAsync(1, "float", default));
        Assert.Equal(ImportStatus.Imported, move.Of("fine").Status);

        await move.RunAsync(source, "003", new() { Round = true });

        Assert.Equal([(FindingKind.Rounded, "")], Found(move, "float"));
        Assert.Equal(Credits(300_000), (await move.StateAsync("float")).Available);
        Assert.Equal(Credits(-1_500_000), (await move.StateAsync("less")).Available);
        Assert.Equal(ImportStatus.Unchanged, move.Of("fine").Status);
    }

    [Fact]
    public async Task What_is_younger_than_the_balance_is_said_and_moves_nothing_I40()
    {
        var source = await fixture.SourceAsync(OldSystems.Tables000, OldSystems.Sound000);
        await using var move = await Relocation.IntoAsync(fixture, isPostgres: false);
        await move.RunAsync(source, "000");
        await PostgresCluster.ExecuteAsync(source, """
            INSERT INTO credit_ledger VALUES ('acme', -1, 20.5, 'usage', NULL, 'm-9',
                '{"message_id": "m-9", "from_expiring": 1, "from_non_expiring": 0}', '2025-12-24T00:00:00Z');
            UPDATE credit_accounts SET expiring_credits = 0.5, balance = 20.5 WHERE account_id = 'acme';
            INSERT INTO credit_accounts VALUES ('new', 0, 1, 1, now());
            INSERT INTO credit_ledger VALUES ('new', 1, 1, 'purchase', NULL, 'o', NULL, now());
            """);

        await move.RunAsync(source, "000");

        var acme = move.Of("acme");
        Assert.Equal((ImportStatus.Changed, 1), (acme.Status, acme.NewRows));
        Assert.Equal([FindingKind.ChangedSinceImport, FindingKind.ChangedSinceImport],
            acme.Findings.Select(finding => finding.Kind));
        Assert.Equal(Credits(21_500_000), (await move.StateAsync("acme")).Available);
        Assert.Equal(ImportStatus.Imported, move.Of("new").Status);
        var late = (await move.EntriesAsync("acme"))[^1].Entry;
        Assert.Equal("conflict", Refused(await RefundAsync(move, late, null)));
        await move.VerifyAsync();
    }

    [Fact]
    public async Task An_account_with_credits_of_its_own_is_left_as_it_is()
    {
        await using var move = await Relocation.IntoAsync(fixture, isPostgres: false);
        await ImportRun.OpenProjectAsync(move.Ledger, default);
        await DoneAsync(move, "acme", new AccountCommand.PutAccount("acme"));
        await DoneAsync(move, "acme", new AccountCommand.GiveCredits
        {
            Amount = Credits(1), Kind = GrantKind.Purchase, Bucket = "purchase",
        });

        await move.RunAsync(await fixture.SourceAsync(OldSystems.Tables000, OldSystems.Sound000), "000");

        Assert.Equal(ImportStatus.Refused, move.Of("acme").Status);
        Assert.Equal(2, (await move.EntriesAsync("acme")).Count);
        Assert.Equal(ImportStatus.Imported, move.Of("beta").Status);
    }

    [Theory]
    [InlineData("000", "credit_ledger", "created_at", "the table credit_ledger has no column created_at")]
    [InlineData("001", "licenses", "is_active", "the table licenses has no column is_active (nor active, status)")]
    [InlineData("002", "jobs", "status", "the table jobs has no column status (nor state)")]
    [InlineData("003", "credit_transactions", "user_id", "the table credit_transactions has no column user_id")]
    public async Task A_column_that_is_missing_is_named_and_nothing_is_guessed(
        string layout, string table, string column, string message)
    {
        var source = await fixture.SourceAsync(
            Sound[layout].Tables, $"ALTER TABLE {table} DROP COLUMN {column}");
        await using var move = await Relocation.IntoAsync(fixture, isPostgres: false);

        var refused = await Assert.ThrowsAsync<ImportRefusedException>(() => move.RunAsync(source, layout));

        Assert.Equal(message, refused.Message);
    }

    private static List<(FindingKind, string)> Found(Relocation move, string account) =>
        [.. move.Of(account).Findings.Select(finding => (finding.Kind, finding.Amount?.ToString() ?? ""))];

    private static Task<Reply> RefundAsync(Relocation move, JournalEntry charge, CreditAmount? amount) =>
        move.Ledger.ExecuteAsync(
            new()
            {
                Chain = charge.Chain, Account = new AccountCommand.RefundCharge(charge.Number, amount, null),
                Origin = new(Guid.NewGuid().ToString(), [.. new byte[16]], new(2), [.. new byte[16]]),
            },
            default);

    private static List<(MoveKind, ThingNumber, long)> Moves(Reply reply) =>
        [.. Assert.IsType<Reply.Done>(reply).Entry.Entry.Moves.Select(
            move => (move.Kind, move.Number, move.Amount.Micros))];

    private static string Refused(Reply reply) => Assert.IsType<Reply.Refused>(reply).Rejection.Code;

    private static async Task DoneAsync(Relocation move, string account, AccountCommand command) =>
        Assert.IsType<Reply.Done>(await move.AskAsync(account, command));

    private static CreditAmount Credits(long micros) => new(micros);

    private static string Words(Relocation move) => string.Join(
        '\n', move.Outcomes.SelectMany(outcome => outcome.Findings.Select(
            finding => $"{outcome.AccountId}: {finding.Word} {finding.Text}")));
}
