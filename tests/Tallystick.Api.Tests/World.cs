using System.Text;
using System.Text.Json.Nodes;

namespace Tallystick.Api.Tests;

/// <summary>One project as its admin sees it, with one of everything that has an id.</summary>
internal sealed class World
{
    private readonly HttpClient _http;

    private World(HttpClient http, string admin, string accountId) =>
        (_http, Admin, AccountId) = (http, admin, accountId);

    public string Admin { get; }
    public string AccountId { get; }
    public string Grant { get; private set; } = "";
    public string Charge { get; private set; } = "";
    public string Hold { get; private set; } = "";
    public string Job { get; private set; } = "";
    public string Transaction { get; private set; } = "";
    public string Key { get; private set; } = "";
    public string Price { get; private set; } = "";
    public string License { get; private set; } = "";
    public string LicenseKey { get; private set; } = "";
    public string Project { get; private set; } = "";

    /// <summary>Makes an account of that id, and its things.</summary>
    public static async Task<World> MakeAsync(HttpClient http, string admin, string accountId)
    {
        var world = new World(http, admin, accountId);
        await world.DoAsync("PUT", $"/api/v1/accounts/{accountId}", "{}");
        var grant = await world.DoAsync("POST", $"/api/v1/accounts/{accountId}/grants", """{"amount":"1000"}""");
        var spend = $$"""{"account_id":"{{accountId}}","amount":"1"}""";
        var charge = await world.DoAsync("POST", "/api/v1/charges", spend);
        var hold = await world.DoAsync("POST", "/api/v1/holds", spend);
        var job = await world.DoAsync("POST", "/api/v1/jobs", $$"""{"account_id":"{{accountId}}","rows":1}""");
        var key = await world.DoAsync("POST", "/api/v1/keys", """{"role":"read","name":"one"}""");
        (world.Grant, world.Charge, world.Hold) = (Id(grant), Id(charge), Id(hold));
        (world.Job, world.Key, world.Transaction) = (Id(job), Id(key), (string)charge["transaction_id"]!);
        await world.DoAsync("PUT", "/api/v1/prices", AccessCases.Price);
        var (_, prices) = await world.SendAsync("GET", "/api/v1/prices?model=m", null);
        world.Price = Id(prices["data"]![0]!);
        var license = await world.DoAsync("POST", "/api/v1/licenses", $$"""{"account_id":"{{accountId}}"}""");
        (world.License, world.LicenseKey) = (Id(license), (string)license["license_key"]!);
        await world.DoAsync("PUT", "/api/v1/budgets/one", $$"""{"account_id":"{{accountId}}","limit":"1000"}""");
        await world.DoAsync("PUT", "/api/v1/upstreams/openai", """{"key":"sk-0123456789"}""");
        await world.DoAsync("PUT", "/api/v1/identity-providers/one", AccessCases.Provider);
        await world.DoAsync("PATCH", "/api/v1/project", """{"report_keys":["team"]}""");
        await world.DoAsync("PUT", "/api/v1/watches/one", """{"account_id":"nobody"}""");
        return world;
    }

    /// <summary>Ids that have the right form and name nothing.</summary>
    public World Absent()
    {
        const string Nothing = "zzzzzzzzzzzz0000000000";
        return new(_http, Admin, "zz-nobody")
        {
            Grant = "grt_" + Nothing, Charge = "chg_" + Nothing, Hold = "hld_" + Nothing, Job = "job_" + Nothing,
            Transaction = "txn_" + Nothing, Key = "key_" + Nothing, Price = "prc_" + Nothing,
            License = "lic_" + Nothing, Project = "zz-nothing",
        };
    }

    /// <summary>Each id from here or from one of the others.</summary>
    public World Mix(Func<World, World, World> pick, World other, World absent)
    {
        return new(_http, Admin, Of(w => w.AccountId))
        {
            Grant = Of(w => w.Grant), Charge = Of(w => w.Charge), Hold = Of(w => w.Hold), Job = Of(w => w.Job),
            Transaction = Of(w => w.Transaction), Key = Of(w => w.Key), Price = Of(w => w.Price),
            License = Of(w => w.License), Project = Of(w => w.Project),
        };

        string Of(Func<World, string> id) => id(pick(pick(this, other), absent));
    }

    /// <summary>Ids that nobody else may see or learn of.</summary>
    public IEnumerable<string> Ids => [Grant, Charge, Hold, Job, Transaction, Key, Price, License, LicenseKey];

    public World With(string project)
    {
        Project = project;
        return this;
    }

    public async Task<string> KeyOfAsync(string role)
    {
        var account = role == "account" ? $",\"account_id\":\"{AccountId}\"" : "";
        var created = await DoAsync("POST", "/api/v1/keys", $$"""{"role":"{{role}}","name":"m"{{account}}}""");
        return (string)created["key"]!;
    }

    public Task<(int Status, JsonNode Body)> SendAsync(string method, string path, string? body) =>
        SendAsync(_http, "Bearer " + Admin, method, path, body);

    public static async Task<(int Status, JsonNode Body)> SendAsync(
        HttpClient http, string? authorization, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new(method), path);
        request.Headers.Authorization = null;
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", Guid.NewGuid().ToString());
        using var response = await http.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    private async Task<JsonNode> DoAsync(string method, string path, string body)
    {
        var (status, answer) = await SendAsync(method, path, body);
        return status is 200 or 201 ? answer
            : throw new InvalidOperationException($"{method} {path}: {answer.ToJsonString()}");
    }

    private static string Id(JsonNode body) => (string)body["id"]!;
}
