using System.Text.Json.Nodes;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts.Gateway;
using Tallystick.Core.Journal;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>
/// Every route × every role, and × whose the ids in it are (Q10): made from the table of routes, so that a new route
/// without a case fails.
/// </summary>
public sealed class AccessMatrixTests(ITestOutputHelper output) : IAsyncLifetime
{
    private ApiServer _server = null!;
    private World _first = null!, _second = null!;

    public static TheoryData<string> Routes => [.. ApiApp.Routes.Select(Name)];

    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.StartAsync(isAdmin: true);
        var admin = _server.Http.DefaultRequestHeaders.Authorization!.Parameter!;
        _server.Http.DefaultRequestHeaders.Authorization = null;
        var (_, created) = await World.SendAsync(
            _server.Http, "Bearer " + admin, "POST", "/api/v1/projects", """{"name":"second","mode":"test"}""");
        _first = (await World.MakeAsync(_server.Http, admin, "acme")).With("second");
        _second = (await World.MakeAsync(_server.Http, (string)created["key"]!, "widget")).With("default");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public void Every_route_has_a_case_and_every_case_a_route()
    {
        var names = ApiApp.Routes.Select(Name).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(names, AccessCases.All.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public void Who_may_call_what_is_what_the_document_says()
    {
        var document = RepositoryFile.Read("docs/access.md");
        var missing = string.Concat(
            ApiApp.Routes.Select(RowOf).Where(row => !document.Contains(row, StringComparison.Ordinal)));
        Assert.True(missing.Length == 0, "docs/access.md lacks\n" + missing);
        var rows = document.Split('\n').Count(line => line.StartsWith("| `", StringComparison.Ordinal));
        Assert.Equal(ApiApp.Routes.Count + GatewayRoutes.All.Count, rows);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_role_may_call_what_names_it_and_nothing_else_A2(string name)
    {
        var (route, one) = (RouteOf(name), AccessCases.All[name]);
        foreach (var role in Enum.GetValues<KeyRole>()) await MayAsync(role, await _first.KeyOfAsync(Words.Of(role)));
        await MayAsync(KeyRole.Account, _first.LicenseKey);

        async Task MayAsync(KeyRole role, string key)
        {
            var before = await _server.JournalTextAsync();
            var (status, body) = await World.SendAsync(
                _server.Http, "Bearer " + key, route.Method, one.Path(_first), one.Body?.Invoke(_first));
            if (route.Roles.Contains(role))
            {
                var isDone = status is 200 or 201 or 409 || (one.IsOnce && status == 404);
                Assert.True(isDone, $"{role}: {status} {body.ToJsonString()}");
                return;
            }
            Assert.Equal((403, "forbidden"), (status, (string)body["code"]!));
            Assert.Equal(before, await _server.JournalTextAsync());
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Another_projects_ids_and_ids_of_nothing_answer_alike_A1_I25(string name)
    {
        var (route, one) = (RouteOf(name), AccessCases.All[name]);
        if (one.NamesNothing || route.OnlyOperator) return;
        var key = route.Roles.Contains(KeyRole.Admin) ? _second.Admin : await _second.KeyOfAsync("account");
        var before = await _first.SendAsync("GET", $"/api/v1/accounts/{_first.AccountId}/transactions", null);
        var foreign = await AskAsync(_first);
        var absent = await AskAsync(_first.Absent());
        var journal = await _first.SendAsync("GET", $"/api/v1/accounts/{_first.AccountId}/transactions", null);

        // Each operation of a batch, and each event, has an answer of its own.
        var isMany = name.EndsWith("/batch", StringComparison.Ordinal)
            || name.EndsWith("/events", StringComparison.Ordinal);
        Assert.Equal(isMany ? 200 : 404, foreign.Status);
        Assert.Equal(absent, foreign);
        Assert.Equal(before.Body.ToJsonString(), journal.Body.ToJsonString());

        async Task<(int Status, string Body)> AskAsync(World world)
        {
            var (status, body) = await World.SendAsync(
                _server.Http, "Bearer " + key, route.Method, one.Path(world), one.Body?.Invoke(world));
            RemoveTraceIds(body);
            return (status, body.ToJsonString());
        }
    }

    // What it does with the store is what takes time.
    [Theory]
    [MemberData(nameof(Routes))]
    public async Task For_anothers_id_the_store_is_asked_as_for_one_of_nothing_I25(string name)
    {
        var (route, one) = (RouteOf(name), AccessCases.All[name]);
        if (one.NamesNothing || route.OnlyOperator) return;
        var key = route.Roles.Contains(KeyRole.Admin) ? _second.Admin : await _second.KeyOfAsync("account");
        await AskAsync(_first.Absent());
        var absent = await AskAsync(_first.Absent());
        Assert.Equal(absent, await AskAsync(_first));

        async Task<string> AskAsync(World world)
        {
            _server.Asked.Clear();
            await World.SendAsync(
                _server.Http, "Bearer " + key, route.Method, one.Path(world), one.Body?.Invoke(world));
            return string.Join(' ', _server.Asked);
        }
    }

    [Fact]
    public async Task Whatever_ids_are_mixed_nothing_of_another_project_is_seen_or_changed_A1_Q10()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TALLY_SEED"), out var given)
            ? given : Random.Shared.Next();
        var swaps = int.TryParse(Environment.GetEnvironmentVariable("TALLY_SWAPS"), out var asked) ? asked : 1_000;
        output.WriteLine($"TALLY_SEED={seed}");
        var random = new Random(seed);
        var routes = ApiApp.Routes.Where(route => route.Roles.Contains(KeyRole.Admin) && !route.OnlyOperator).ToList();
        var absent = _first.Absent();
        var journals = await JournalsAsync();
        for (var i = 0; i < swaps; i++)
        {
            var route = routes[random.Next(routes.Count)];
            var one = AccessCases.All[Name(route)];
            var world = _second.Mix((mine, other) => random.Next(3) > 0 ? mine : other, _first, absent);
            var (status, body) = await World.SendAsync(
                _server.Http, "Bearer " + _second.Admin, route.Method, one.Path(world), one.Body?.Invoke(world));
            Assert.True(status < 500, $"{Name(route)}: {status}");
            var text = body.ToJsonString();
            foreach (var id in _first.Ids) Assert.DoesNotContain(id, text);
        }
        Assert.Equal(journals, await JournalsAsync());

        async Task<string> JournalsAsync()
        {
            var account = await _first.SendAsync(
                "GET", $"/api/v1/accounts/{_first.AccountId}/transactions?limit=1000", null);
            return account.Body.ToJsonString() + await _server.JournalTextAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Admins_of_other_projects_do_not_run_the_server(string name)
    {
        var (route, one) = (RouteOf(name), AccessCases.All[name]);
        if (!route.OnlyOperator) return;
        var (status, _) = await _second.SendAsync(route.Method, one.Path(_second), one.Body?.Invoke(_second));
        Assert.Equal(403, status);
        (status, _) = await _first.SendAsync(route.Method, one.Path(_first.Absent()), one.Body?.Invoke(_first));
        Assert.Equal(one.NamesNothing ? route.Status : 404, status);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Without_a_valid_key_nothing_answers_A3(string name)
    {
        var (route, one) = (RouteOf(name), AccessCases.All[name]);
        var good = _first.Admin;
        string?[] credentials =
        [
            null, "", "Bearer", "Bearer ", "Bearer x", "Bearer " + good.ToLowerInvariant(), "Bearer " + good[..^1],
            "Bearer " + good[..^1] + (good[^1] == 'x' ? 'y' : 'x'), "Bearer " + good + "x", "Bearer  " + good,
            "Bearer " + good + "," + good, "Basic " + good, good, "Token " + good, "Bearer " + new string('a', 10_000),
            "Bearer tally_live_" + new string('0', 41), "Bearer ' OR 1=1--", "Bearer a.b.c", "Bearer null",
        ];
        foreach (var credential in credentials)
        {
            var (status, body) = await World.SendAsync(
                _server.Http, credential, route.Method, one.Path(_first), one.Body?.Invoke(_first));
            Assert.Equal((401, "unauthenticated"), (status, (string)body["code"]!));
        }
    }

    [Fact]
    public async Task A_key_in_the_url_two_keys_or_a_cookie_are_no_key_and_401_says_how_A3()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/accounts?access_token={_first.Admin}");
        request.Headers.TryAddWithoutValidation("Cookie", $"key={_first.Admin}");
        using var response = await _server.Http.SendAsync(request);
        Assert.Equal((401, "Bearer"), ((int)response.StatusCode, response.Headers.WwwAuthenticate.ToString()));

        using var twice = new HttpRequestMessage(HttpMethod.Get, "/api/v1/accounts");
        twice.Headers.TryAddWithoutValidation("Authorization", ["Bearer " + _first.Admin, "Bearer " + _first.Admin]);
        using var refused = await _server.Http.SendAsync(twice);
        Assert.Equal(401, (int)refused.StatusCode);
    }

    private static ApiRoute RouteOf(string name) => ApiApp.Routes.Single(route => Name(route) == name);
    private static string RowOf(ApiRoute route)
    {
        var roles = Enum.GetValues<KeyRole>().Select(role => route.Roles.Contains(role) ? "yes" : "");
        return $"| `{Name(route)}` | {string.Join(" | ", roles)} | {(route.OnlyOperator ? "first project" : "")} |\n";
    }

    private static string Name(ApiRoute route) => $"{route.Method} {route.Pattern}";

    private static void RemoveTraceIds(JsonNode? node)
    {
        if (node is JsonArray array) foreach (var item in array) RemoveTraceIds(item);
        if (node is not JsonObject members) return;
        members.Remove("trace_id");
        foreach (var (_, value) in members) RemoveTraceIds(value);
    }
}
