using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Routes;

/// <summary>Jobs over HTTP: so many rows, held when it begins, charged by what was done.</summary>
public abstract class JobRouteTests(StoreKind store) : ApiTests(store)
{
    public sealed class OnMemory() : JobRouteTests(StoreKind.Memory);
    public sealed class OnSqlite() : JobRouteTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : JobRouteTests(StoreKind.Postgres);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await GrantAsync("10", "monthly", 1);
        await GrantAsync("20", "addon", 2);
    }

    [Fact]
    public async Task A_job_is_held_with_its_split_and_completed_by_its_rows()
    {
        var job = (await BeginAsync(30, "\"credits_per_row\":\"0.5\",\"reference_id\":\"batch-7\"")).Must(201);
        Assert.Equal(("running", "15.000000", "30", "0.500000", "30.000000", "15.000000", "2026-01-08T00:00:00Z"),
            (job["status"], job["amount"], job["rows"], job["credits_per_row"], job["previous_balance"],
                job["new_balance"], job["expires_at"]));
        Assert.Equal(["monthly 10.000000", "addon 5.000000"], job.Legs);
        await MustShowAsync("15", "15");

        var done = (await EndAsync(job, "complete", """{"rows_done":24}""")).Must(200);
        Assert.Equal(("completed", "24", "12.000000", "3.000000", "15.000000", "18.000000"),
            (done["status"], done["rows_done"], done["charged"], done["returned"], done["previous_balance"],
                done["new_balance"]));
        Assert.Equal(["addon 3.000000"], done.Legs);
        (await Server.PostAsync($"~/charges/{done["charge_id"]}/refund", "{}", NewKey())).Must(201);
        await MustShowAsync("30");
        Assert.Equal(("completed", "12.000000"), (await ShownAsync(job, "status"), await ShownAsync(job, "charged")));
    }

    [Theory]
    [InlineData("complete", "{}", "completed", "10.000000", "0.000000")]
    [InlineData("complete", """{"rows_done":0}""", "completed", "0.000000", "10.000000")]
    [InlineData("complete", """{"rows_done":12}""", "completed", "12.000000", "0.000000")]
    [InlineData("fail", "{}", "failed", "0.000000", "10.000000")]
    [InlineData("fail", """{"rows_done":4}""", "failed", "4.000000", "6.000000")]
    [InlineData("rollback", "{}", "rolled_back", "0.000000", "10.000000")]
    public async Task A_job_ends_once_and_says_so_for_ever(
        string end, string body, string status, string charged, string returned)
    {
        var job = (await BeginAsync(10)).Must(201);
        var first = (await EndAsync(job, end, body)).Must(200);
        Assert.Equal((status, charged, returned), (first["status"], first["charged"], first["returned"]));
        Assert.Equal(first.Bytes, (await Server.GetAsync($"~/jobs/{job.Id}")).Must(200).Bytes);
        (await EndAsync(job, end, body)).MustReplay(first);

        foreach (var (other, with) in new[]
            { ("complete", """{"rows_done":7}"""), ("fail", """{"rows_done":7}"""), ("rollback", "{}") })
        {
            if (other == end && with == body) continue;
            Assert.Equal(409, (await EndAsync(job, other, with)).Status);
        }
        Assert.Equal((await BalanceAsync())["available"], (await Server.GetAsync($"~/jobs/{job.Id}"))["new_balance"]);
    }

    [Fact]
    public async Task A_job_that_ran_out_gave_its_credits_back_and_is_completed_late()
    {
        var job = (await BeginAsync(10, "\"expires_in\":60")).Must(201);
        MoveTo(TimeSpan.FromMinutes(1));
        Assert.Equal("expired", await ShownAsync(job, "status"));
        await MustShowAsync("30");

        var late = (await EndAsync(job, "complete", """{"rows_done":8}""")).Must(200);
        Assert.Equal(("completed", "8.000000", "0.000000", "22.000000"),
            (late["status"], late["charged"], late["returned"], late["new_balance"]));
        (await EndAsync(job, "complete", """{"rows_done":8}""")).MustReplay(late);
        Assert.Equal("completed", await ShownAsync(job, "status"));
        Assert.Equal(409, (await EndAsync(job, "fail", "{}")).Status);
    }

    [Fact]
    public async Task A_job_that_ran_out_is_rolled_back_without_moving_anything()
    {
        var job = await BeginAsync(10, "\"expires_in\":60");
        MoveTo(TimeSpan.FromMinutes(2));
        var back = (await EndAsync(job, "rollback", "")).Must(200);
        Assert.Equal(("rolled_back", "0.000000"), (back["status"], back["charged"]));
        await MustShowAsync("30");
        Assert.Equal(409, (await EndAsync(job, "complete", "{}")).Status);
    }

    [Fact]
    public async Task More_rows_than_planned_follow_the_mode()
    {
        (await ChargeAsync("25")).Must(201);
        var job = await BeginAsync(3);
        Assert.Equal("2.000000",
            (await EndAsync(job, "complete", """{"rows_done":9,"mode":"reject"}""")).MustBe(402, "insufficient_credits")
            ["available"]);
        var capped = (await EndAsync(job, "complete", """{"rows_done":9,"mode":"cap"}""")).Must(200);
        Assert.Equal("5.000000", capped["charged"]);
        await MustShowAsync("0");
    }

    [Fact]
    public async Task A_jobs_hold_is_a_hold_like_any_other()
    {
        var job = await BeginAsync(10);
        var hold = (await Server.GetAsync($"~/holds/{job["hold_id"]}")).Must(200);
        Assert.Equal(("held", "10.000000"), (hold["status"], hold["amount"]));
        var longer = $$"""{"expires_at":"{{At(TimeSpan.FromHours(170))}}"}""";
        (await Server.PostAsync($"~/holds/{hold.Id}/extend", longer)).MustBe(422, "limit_exceeded");
        (await CaptureAsync(hold, "4", "\"final\":false", "part")).Must(200);
        Assert.Equal("4.000000", await ShownAsync(job, "charged"));
        var failed = (await EndAsync(job, "fail", "{}")).Must(200);
        Assert.Equal(("4.000000", "6.000000"), (failed["charged"], failed["returned"]));
        Assert.Equal(failed.Bytes, (await Server.GetAsync($"~/jobs/{job.Id}")).Bytes);
        await MustShowAsync("26");
        (await Server.GetAsync($"~/jobs/{(await HoldAsync("1")).Id.Replace("hld_", "job_", StringComparison.Ordinal)}"))
            .MustBe(404, "not_found");
    }

    [Theory]
    [InlineData("\"rows\":0")]
    [InlineData("\"rows\":-1")]
    [InlineData("\"rows\":1.5")]
    [InlineData("\"rows\":\"3\"")]
    [InlineData("\"rows\":99999999999999999999")]
    [InlineData("\"rows\":1,\"expires_in\":0")]
    [InlineData("\"expires_in\":60")]
    public async Task A_malformed_job_holds_nothing(string members)
    {
        (await Server.PostAsync("~/jobs", $"{{\"account_id\":\"acme\",{members}}}", "j"))
            .MustBe(400, "invalid_request");
        await MustShowAsync("30");
    }

    [Fact]
    public async Task Rows_and_their_price_beyond_64_bits_are_beyond_the_limit_N1()
    {
        (await BeginAsync(long.MaxValue)).MustBe(422, "limit_exceeded");
        (await BeginAsync(31)).MustBe(402, "insufficient_credits");
        var job = await BeginAsync(1);
        (await EndAsync(job, "complete", $$"""{"rows_done":{{long.MaxValue}}}""")).MustBe(422, "limit_exceeded");
        (await EndAsync(job, "complete", """{"rows_done":-1}""")).MustBe(400, "invalid_request");
        (await EndAsync(job, "complete", """{"mode":"all"}""")).MustBe(400, "invalid_request");
        await MustShowAsync("29", "1");
    }

    private Task<ApiReply> BeginAsync(long rows, string? more = null) => Server.PostAsync(
        "~/jobs", $$"""{"account_id":"acme","rows":{{rows}}{{(more is null ? "" : "," + more)}}}""", NewKey());

    private Task<ApiReply> EndAsync(ApiReply job, string end, string body) =>
        Server.PostAsync($"~/jobs/{job.Id}/{end}", body);

    private async Task<string> ShownAsync(ApiReply job, string member) =>
        (await Server.GetAsync($"~/jobs/{job.Id}")).Must(200)[member];
}
