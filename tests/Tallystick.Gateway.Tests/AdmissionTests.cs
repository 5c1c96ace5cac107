using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>What is refused before a byte goes upstream, and in whose words.</summary>
public sealed class AdmissionTests
{
    [Fact]
    public async Task Too_few_credits_are_402_with_what_they_would_be_good_for_G1()
    {
        await using var server = await GatewayServer.StartAsync(credits: 0);
        Assert.Equal(402, (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status);
        // The prompt's bound, and 4 of the 10 tokens of the answer at 2 credits each.
        await server.GrantAsync(Spoken.Ask.Length + 1_025 + 9, GatewayServer.Account);
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        Assert.Equal(402, said.Status);
        var error = said.Json["error"]!;
        Assert.Equal("insufficient_credits", (string?)error["code"]);
        Assert.Equal("insufficient_quota", (string?)error["type"]);
        Assert.Equal("balance", (string?)error["limit_source"]);
        Assert.Equal(4, (int)error["affordable_max_tokens"]!);
        Assert.Equal(32, ((string?)error["trace_id"])!.Length);
        Assert.Empty(server.Upstream.Requests);

        var asked = Spoken.Ask.Replace("\"max_tokens\":10", "\"max_tokens\": 4", StringComparison.Ordinal);
        server.Upstream.Says(200, Spoken.Answer);
        Assert.Equal(200, (await server.PostAsync("/v1/chat/completions", asked)).Status);
    }

    [Fact]
    public async Task Where_the_project_says_so_the_answer_is_bounded_by_what_there_is_G2()
    {
        await using var server = await GatewayServer.StartAsync(
            credits: Spoken.Ask.Length + 1_025 + 9, options: """{"when_short":"clamp"}""");
        server.Upstream.Says(200, Spoken.Answer);
        Assert.Equal(200, (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status);
        Assert.Contains("\"max_tokens\":4", server.Upstream.Requests.Single().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_told_how_long_it_may_be_is_not_held_for_with_less_G2()
    {
        await using var server = await GatewayServer.StartAsync(credits: 5_000, options: """{"when_short":"clamp"}""");
        Assert.Equal(402, (await server.PostAsync("/v1/images/generations", """{"model":"m","prompt":"x"}""")).Status);
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(new byte[100_000]), "file", "a.mp3" }, { new StringContent("whisper"), "model" },
        };
        using var response = await server.Http.PostAsync("/v1/audio/transcriptions", form);
        Assert.Equal(402, (int)response.StatusCode);
        Assert.Empty(server.Upstream.Requests);
    }

    [Fact]
    public async Task Sixty_four_at_once_never_hold_more_than_there_is_G1()
    {
        var each = Spoken.Ask.Length + 1_025 + 20;
        await using var server = await GatewayServer.StartAsync(credits: each * 3);
        var arrived = 0;
        server.Upstream.Script = async context =>
        {
            Interlocked.Increment(ref arrived);
            await Task.Delay(500);
            context.Response.StatusCode = 500;
        };
        var said = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(_ => server.PostAsync("/v1/chat/completions", Spoken.Ask)));
        Assert.Equal(3, arrived);
        Assert.Equal(61, said.Count(one => one.Status == 402));
        Assert.Equal(CreditAmount.FromCredits(each * 3), (await server.SettledAsync()).Available);
    }

    [Theory]
    [InlineData("gpt-6")]
    [InlineData("GPT-5")]
    [InlineData("gpt-5 ")]
    [InlineData("gpt-5\\u0430")]
    [InlineData("../gpt-5")]
    [InlineData("openai/../gpt-5")]
    [InlineData("other/gpt-5")]
    public async Task A_model_without_a_price_is_404_and_goes_nowhere_G10(string model)
    {
        await using var server = await GatewayServer.StartAsync(
            prices: [GatewayServer.Price("openai", "gpt-5", ("input", 1), ("output", 2))]);
        var said = await server.PostAsync("/v1/chat/completions", $$"""{"model":"{{model}}","messages":[]}""");
        Assert.Equal((404, "not_found"), (said.Status, (string?)said.Json["error"]!["code"]));
        Assert.Empty(server.Upstream.Requests);
        Assert.Equal(2, (await server.StateAsync()).Sequence);
    }

    [Fact]
    public async Task An_explicit_zero_is_a_price_and_takes_nothing_G10()
    {
        await using var server = await GatewayServer.StartAsync(
            credits: 0, prices: [GatewayServer.Price("openai", "free", ("input", 0), ("output", 0))]);
        server.Upstream.Says(200, Spoken.Answer);
        var said = await server.PostAsync("/v1/chat/completions", """{"model":"free","messages":[]}""");
        Assert.Equal((200, "0.000000"), (said.Status, said.Headers["Tally-Cost"]));
    }

    [Fact]
    public async Task A_model_of_two_upstreams_must_be_named_with_one()
    {
        await using var server = await GatewayServer.StartAsync();
        await server.PutUpstreamAsync("azure", "openai");
        server.Upstream.Says(200, Spoken.Answer);
        Assert.Equal(404, (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status);
        var asked = Spoken.Ask.Replace("gpt-5", "azure/gpt-5", StringComparison.Ordinal);
        Assert.Equal(200, (await server.PostAsync("/v1/chat/completions", asked)).Status);
        var seen = server.Upstream.Requests.Single();
        Assert.Equal(("/azure/chat/completions", Spoken.Ask), (seen.Path, seen.Body));
    }

    [Fact]
    public async Task An_alias_leads_to_the_upstreams_own_name()
    {
        await using var server = await GatewayServer.StartAsync(
            options: """{"models":{"fast":{"name":"gpt-5-nano-2026"}}}""");
        server.Upstream.Says(200, Spoken.Answer);
        await server.PostAsync("/v1/chat/completions", Spoken.Ask.Replace("gpt-5", "fast", StringComparison.Ordinal));
        var seen = server.Upstream.Requests.Single();
        Assert.Contains("\"model\":\"gpt-5-nano-2026\"", seen.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suspended_account_and_one_that_is_not_there_are_refused()
    {
        await using var server = await GatewayServer.StartAsync();
        await server.SuspendAsync();
        var said = await server.PostAsync("/v1/messages", """{"model":"claude","max_tokens":1,"messages":[]}""");
        Assert.Equal((403, "account_suspended"), (said.Status, (string?)said.Json["error"]!["code"]));
        Assert.Equal(("error", "permission_error"), ((string?)said.Json["type"], (string?)said.Json["error"]!["type"]));
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", GatewayServer.ServiceKey);
        Assert.Equal(
            404, (await server.PostAsync("/v1/chat/completions", Spoken.Ask, ("Tally-Account", "nobody"))).Status);
        Assert.Empty(server.Upstream.Requests);
    }

    [Fact]
    public async Task A_key_is_taken_from_wherever_an_SDK_puts_it_and_never_from_the_address()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, Spoken.Answer);
        server.Http.DefaultRequestHeaders.Authorization = null;
        foreach (var header in (string[])["x-api-key", "x-goog-api-key"])
            Assert.Equal(200, await StatusAsync("/v1/chat/completions", (header, GatewayServer.HolderKey)));
        Assert.Equal(200, await StatusAsync(
            "/v1/chat/completions", ("Authorization", $"bearer {GatewayServer.HolderKey}")));
        Assert.Equal(401, await StatusAsync("/v1/chat/completions"));
        Assert.Equal(401, await StatusAsync("/v1/chat/completions", ("x-api-key", "other")));
        Assert.Equal(401, await StatusAsync(
            "/v1/chat/completions", ("x-api-key", GatewayServer.HolderKey), ("x-goog-api-key", "other")));
        Assert.Equal(401, await StatusAsync(
            "/v1/chat/completions?key=" + GatewayServer.HolderKey, ("x-api-key", GatewayServer.HolderKey)));

        async Task<int> StatusAsync(string path, params IEnumerable<(string, string)> headers) =>
            (await server.PostAsync(path, Spoken.Ask, headers)).Status;
    }

    [Fact]
    public async Task A_token_of_an_identity_provider_calls_for_its_subjects_account_and_no_other_does()
    {
        await using var server = await GatewayServer.StartAsync();
        await using var issuer = await TestIssuer.StartAsync();
        await server.TrustAsync(issuer);
        server.Upstream.Says(200, Spoken.Answer);
        var now = TimeProvider.System.GetUtcNow();
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", issuer.Token(GatewayServer.Account, now));
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask, ("Tally-Account", "other"));
        Assert.Equal(200, said.Status);
        Assert.Single(await server.CapturesAsync());
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", issuer.Token("nobody-yet", now));
        Assert.Equal(402, (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status);
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", issuer.Token("ada", now.AddDays(-1)));
        Assert.Equal(401, (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status);
        issuer.Break();
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", issuer.Sign(
            issuer.Claims("ada", now), head: new() { ["kid"] = "new" }));
        Assert.Contains((await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status, (int[])[401, 502]);
    }

    [Fact]
    public async Task A_key_s_tokens_hold_up_the_call_after_them_and_its_requests_the_one_beyond_them_L1()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, Spoken.Answer);
        var terms = new KeyTerms(KeyRole.Account, "limited") { AccountId = GatewayServer.Account };
        await server.KeyAsync(new('t', 40), terms with { TokensPerMinute = 15 });
        await server.KeyAsync(new('r', 40), terms with { RequestsPerMinute = 1 });
        (char Key, int Status, string Left)[] expected =
            [('t', 200, "r=15"), ('t', 200, "r=5"), ('t', 429, "r=0"), ('r', 200, "r=0"), ('r', 429, "r=0")];
        foreach (var (key, status, left) in expected)
        {
            server.Http.DefaultRequestHeaders.Authorization = new("Bearer", new string(key, 40));
            var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
            Assert.Equal(status, said.Status);
            Assert.Contains(left, said.Headers["RateLimit"], StringComparison.Ordinal);
            if (status != 429) continue;
            Assert.Equal("rate_limited", (string?)said.Json["error"]!["code"]);
            Assert.True(said.Headers.ContainsKey("Retry-After"));
        }
        Assert.Equal(3, server.Upstream.Requests.Count);
    }

    [Fact]
    public async Task A_back_end_calls_for_the_account_that_it_names()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, Spoken.Answer);
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", GatewayServer.ServiceKey);
        Assert.Equal(400, (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status);
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask, ("Tally-Account", GatewayServer.Account));
        Assert.Equal((200, "13.000000"), (said.Status, said.Headers["Tally-Cost"]));
    }

    [Fact]
    public async Task A_licence_speaks_for_its_account_until_it_is_deactivated()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Upstream.Says(200, Spoken.Answer);
        var (key, number) = await server.LicenseAsync();
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        Assert.Equal(200, (await server.PostAsync("/v1/chat/completions", Spoken.Ask)).Status);
        var held = (await server.EntriesAsync()).Single(entry => entry.Entry.Body is EntryBody.HoldPlaced);
        Assert.Equal(number, held.Entry.Origin!.License);
        await server.DeactivateAsync(number);
        var refused = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        Assert.Equal((403, "license_inactive"), (refused.Status, (string?)refused.Json["error"]!["code"]));
        Assert.Single(server.Upstream.Requests);
    }

    [Fact]
    public async Task A_budget_refuses_a_call_that_the_balance_would_cover_and_says_so()
    {
        await using var server = await GatewayServer.StartAsync();
        await server.BudgetAsync("small", Spoken.Ask.Length + 1_025 + 9);
        var said = await server.PostAsync("/v1/chat/completions", Spoken.Ask);
        var error = said.Json["error"]!;
        Assert.Equal((402, "budget:small"), (said.Status, (string?)error["limit_source"]));
        Assert.Equal(4, (int)error["affordable_max_tokens"]!);
        Assert.Empty(server.Upstream.Requests);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"m","api_base":"http://127.0.0.1"}""", "api_base")]
    [InlineData("/v1/chat/completions", """{"model":"m","n":99}""", "n")]
    [InlineData("/v1/chat/completions", """{"model":"m","account_id":"other"}""", "account_id")]
    [InlineData("/v1/messages", """{"model":"m","max_tokens":9,"cost":0}""", "cost")]
    [InlineData("/v1/embeddings", """{"model":"m","input":"x","output_cost":0}""", "output_cost")]
    [InlineData("/v1/responses", """{"model":"m","background":true}""", "background")]
    public async Task What_could_not_be_settled_is_400_and_names_the_parameter_G11_I31(
        string path, string body, string name)
    {
        await using var server = await GatewayServer.StartAsync();
        var said = await server.PostAsync(path, body);
        Assert.Equal(400, said.Status);
        Assert.Contains(name, said.Body, StringComparison.Ordinal);
        Assert.Empty(server.Upstream.Requests);
    }

    [Fact]
    public async Task Errors_are_told_in_the_words_of_each_provider()
    {
        await using var server = await GatewayServer.StartAsync(credits: 0);
        var gemini = await server.PostAsync("/v1beta/models/gemini-3:generateContent", """{"contents":[]}""");
        Assert.Equal("RESOURCE_EXHAUSTED", (string?)gemini.Json["error"]!["status"]);
        Assert.Equal("insufficient_credits", (string?)gemini.Json["error"]!["details"]![0]!["reason"]);
        var messages = await server.PostAsync("/v1/messages", """{"model":"m","max_tokens":1,"messages":[]}""");
        Assert.Equal("billing_error", (string?)messages.Json["error"]!["type"]);
        var own = await server.PostAsync(
            "/api/v1/generate", """{"model":"m","prompt":"x"}""", ("Idempotency-Key", "k"));
        Assert.Equal((402, "insufficient_credits"), (own.Status, (string?)own.Json["code"]));
    }

    [Fact]
    public async Task A_body_beyond_the_bound_is_413_and_a_compressed_one_415_G12()
    {
        await using var server = await GatewayServer.StartAsync();
        var tooLong = new string(' ', (32 << 20) + 1);
        Assert.Equal(413, await StatusAsync(tooLong, ("Expect", "100-continue")));
        Assert.Equal(415, await StatusAsync("{}", ("Content-Encoding", "gzip")));

        async Task<int> StatusAsync(string body, params IEnumerable<(string, string)> headers) =>
            (await server.PostAsync("/v1/chat/completions", body, headers)).Status;
    }
}
