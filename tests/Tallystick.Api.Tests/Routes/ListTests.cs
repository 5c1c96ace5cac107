using System.Globalization;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Routes;

/// <summary>Lists: whole, without doubles, while others write; and cursors that hold for their list only.</summary>
public abstract class ListTests(StoreKind store) : ApiTests(store)
{
    private const int Things = 40;

    public sealed class OnMemory() : ListTests(StoreKind.Memory);
    public sealed class OnSqlite() : ListTests(StoreKind.SqliteTiny);
    public sealed class OnPostgres() : ListTests(StoreKind.Postgres);

    private static readonly string[] Lists =
    [
        "~/accounts/acme/transactions", "~/accounts/acme/transactions?kind=charge",
        "~/accounts/acme/transactions?reference_id=even", "~/accounts/acme/transactions?reference_id=even&kind=hold",
        "~/accounts/acme/grants", "~/accounts/acme/grants?status=depleted", "~/accounts/acme/grants?bucket=b1",
        "~/holds?account_id=acme", "~/holds?account_id=acme&status=captured", "~/accounts",
    ];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        for (var i = 0; i < Things; i++) await AddAsync(i);
    }

    [Fact]
    public async Task Pages_of_any_size_make_the_whole_list_and_no_doubles_while_others_write()
    {
        foreach (var list in Lists)
        {
            var whole = await IdsAsync(list, 1_000);
            Assert.True(whole.Count >= Things / 4, list);
            foreach (var limit in new[] { 1, 7, whole.Count - 1, whole.Count, whole.Count + 1 })
                Assert.Equal(whole, await IdsAsync(list, limit));

            var next = Things;
            var during = await IdsAsync(list, 3, () => AddAsync(next++));
            Assert.Equal(during.Count, during.Distinct().Count());
            // What is newer than the first page does not show on the later ones; accounts are in order of their ids.
            if (list != "~/accounts") Assert.Equal(whole.Count, during.Count);
            Assert.Empty(whole.Except(during));
        }
    }

    [Fact]
    public async Task A_cursor_holds_for_its_list_its_filters_and_its_account_and_as_it_was_given_N9()
    {
        (await Server.SendAsync("PUT", "~/accounts/other")).Must(201);
        foreach (var list in Lists)
        {
            var cursor = (await Server.GetAsync(Join(list, "limit=2"))).Must(200)["next_cursor"];
            (await Server.GetAsync(Join(list, "limit=5&cursor=" + cursor))).Must(200);
            for (var i = 0; i < cursor.Length; i += 5)
                await MustNotHoldAsync(list, $"{cursor[..i]}{(cursor[i] == 'A' ? 'B' : 'A')}{cursor[(i + 1)..]}");
            await MustNotHoldAsync(list, cursor[..^2]);
            await MustNotHoldAsync(list, cursor + "AAAA");
            await MustNotHoldAsync(list, Uri.EscapeDataString(cursor + "=="));
            foreach (var other in Lists.Append("~/accounts/other/grants").Append("~/accounts/acme/grants?bucket=b2"))
                if (other != list) await MustNotHoldAsync(other, cursor);
        }
    }

    [Fact]
    public async Task A_cursor_holds_after_a_restart()
    {
        var whole = await IdsAsync("~/accounts/acme/transactions", 1_000);
        var first = await Server.GetAsync("~/accounts/acme/transactions?limit=5");
        await Server.RestartAsync();
        var second = await Server.GetAsync($"~/accounts/acme/transactions?limit=5&cursor={first["next_cursor"]}");
        Assert.Equal(whole.Take(10), Ids(first).Concat(Ids(second)));
    }

    private async Task MustNotHoldAsync(string list, string cursor)
    {
        var reply = (await Server.GetAsync(Join(list, "cursor=" + cursor))).MustBe(400, "invalid_request");
        Assert.NotNull(reply.Body!["errors"]!["cursor"]);
    }

    /// <summary>A grant that the charge uses up or not, a hold that is captured or not, and another account.</summary>
    private async Task AddAsync(int i)
    {
        var reference = i % 2 == 0 ? "even" : "odd";
        await GrantAsync("2", $"\"bucket\":\"b{i % 3}\",\"priority\":{i % 5}");
        await ChargeAsync("1", more: $"\"reference_id\":\"{reference}\"");
        var hold = await HoldAsync("0.5", more: $"\"reference_id\":\"{reference}\"");
        if (i % 2 == 0) await CaptureAsync(hold, "0.5");
        await Server.SendAsync("PUT", $"~/accounts/user-{i.ToString("000", CultureInfo.InvariantCulture)}");
    }

    private async Task<List<string>> IdsAsync(string list, int limit, Func<Task>? between = null)
    {
        var ids = new List<string>();
        for (string? cursor = null; ;)
        {
            var after = cursor is null ? "" : "&cursor=" + cursor;
            var page = (await Server.GetAsync(Join(list, $"limit={limit}{after}"))).Must(200);
            ids.AddRange(Ids(page));
            Assert.True(Ids(page).Count() <= limit);
            Assert.Equal(page["has_more"] == "true", page.Body!["next_cursor"] is not null);
            if (page["has_more"] == "false") return ids;
            cursor = page["next_cursor"];
            if (between is not null) await between();
        }
    }

    private static IEnumerable<string> Ids(ApiReply page) =>
        page.Data.Select(thing => (string)(thing["id"] ?? thing["account_id"])!);

    private static string Join(string list, string query) =>
        $"{list}{(list.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}";
}
