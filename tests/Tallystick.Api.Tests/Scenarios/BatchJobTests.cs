using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Scenarios;

/// <summary>
/// The four scenarios of a batch job over monthly and add-on credits, and the refund that once went to the wrong
/// bucket: as jobs, as holds and as charges, each must give every bucket back what it gave.
/// </summary>
public abstract class BatchJobTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : BatchJobTests(StoreKind.Memory);
    public sealed class OnSqlite() : BatchJobTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : BatchJobTests(StoreKind.Postgres);

    public static TheoryData<string, int, int, int, int, int> Cases()
    {
        var cases = new TheoryData<string, int, int, int, int, int>();
        foreach (var means in new[] { "job fails", "job is rolled back", "hold", "charge", "capture" })
        {
            cases.Add(means, 2_000, 5_000, 1_500, 1_500, 0);
            cases.Add(means, 500, 5_000, 2_000, 500, 1_500);
            cases.Add(means, 0, 10_000, 3_000, 0, 3_000);
            cases.Add(means, 1_000, 2_000, 1_500, 1_000, 500);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Each_bucket_gets_back_what_it_gave_I20(
        string means, int monthly, int addon, int cost, int fromMonthly, int fromAddon)
    {
        if (monthly > 0) await GrantAsync($"{monthly}", "monthly", 10);
        await GrantAsync($"{addon}", "addon", 20);

        var (taken, giveBack) = await TakeAsync(means, cost);
        Assert.Equal(Split(("monthly", fromMonthly), ("addon", fromAddon)), taken.Legs);
        Assert.Equal(
            Split(("monthly", monthly - fromMonthly), ("addon", addon - fromAddon)).Order(),
            (await BucketsAsync()).Where(bucket => !bucket.EndsWith(" 0.000000", StringComparison.Ordinal)).Order());

        var given = (await giveBack()).Must(means is "charge" or "capture" ? 201 : 200);
        if (means != "hold")
            Assert.Equal(Split(("monthly", fromMonthly), ("addon", fromAddon)).Order(), given.Legs.Order());
        Assert.Equal(Split(("monthly", monthly), ("addon", addon)), await BucketsAsync());
        await MustShowAsync($"{monthly + addon}");
    }

    [Fact]
    public async Task A_partial_refund_gives_the_add_on_back_before_the_month()
    {
        await GrantAsync("500", "monthly", 10);
        await GrantAsync("5000", "addon", 20);
        var charge = await ChargeAsync("2000");
        Assert.Equal(["addon 1500.000000", "monthly 100.000000"], (await RefundAsync(charge, "1600")).Must(201).Legs);
        Assert.Equal(["monthly 400.000000"], (await RefundAsync(charge)).Must(201).Legs);
        Assert.Equal(["monthly 500.000000", "addon 5000.000000"], await BucketsAsync());
        (await RefundAsync(charge)).MustBe(409, "already_refunded");
    }

    [Fact]
    public async Task The_journal_shows_what_each_bucket_gave_and_got()
    {
        await GrantAsync("500", "monthly", 10);
        await GrantAsync("5000", "addon", 20);
        var job = (await Server.PostAsync(
            "~/jobs", """{"account_id":"acme","rows":2000,"reference_id":"batch-1"}""", NewKey())).Must(201);
        Assert.Equal(("5500.000000", "3500.000000"), (job["previous_balance"], job["new_balance"]));
        var failed = (await Server.PostAsync($"~/jobs/{job.Id}/fail")).Must(200);
        Assert.Equal(("3500.000000", "5500.000000"), (failed["previous_balance"], failed["new_balance"]));

        var told = (await Server.GetAsync($"~/transactions/{failed["transaction_id"]}")).Must(200).Body!;
        Assert.Equal(["monthly 500.000000", "addon 1500.000000"],
            told["grants"]!.AsArray().Select(step => $"{step!["bucket"]} {step["amount"]}"));
        Assert.Equal("release", (string)told["transaction"]!["kind"]!);
    }

    /// <summary>Takes the cost; the split as it is answered, and how it is given back.</summary>
    private async Task<(ApiReply Taken, Func<Task<ApiReply>> GiveBack)> TakeAsync(string means, int cost)
    {
        switch (means)
        {
            case "charge":
                var charge = (await ChargeAsync($"{cost}")).Must(201);
                return (charge, () => RefundAsync(charge));
            case "capture":
                var capture = (await CaptureAsync(await HoldAsync($"{cost}"), $"{cost}")).Must(200);
                return (capture, () => RefundAsync(capture));
            case "hold":
                var hold = (await HoldAsync($"{cost}")).Must(201);
                return (hold, () => Server.PostAsync($"~/holds/{hold.Id}/release"));
            default:
                var job = (await Server.PostAsync(
                    "~/jobs", $$"""{"account_id":"acme","rows":{{cost}}}""", NewKey())).Must(201);
                var end = means == "job fails" ? "fail" : "rollback";
                return (job, () => Server.PostAsync($"~/jobs/{job.Id}/{end}"));
        }
    }

    private static IEnumerable<string> Split(params (string Bucket, int Amount)[] parts) =>
        parts.Where(part => part.Amount > 0).Select(part => $"{part.Bucket} {part.Amount}.000000");
}
