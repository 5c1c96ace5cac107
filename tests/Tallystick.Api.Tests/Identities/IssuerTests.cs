using Microsoft.AspNetCore.Http;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Identities;

/// <summary>Issuers that change, fail, lie and go away; and what may be said of one.</summary>
public sealed class IssuerTests : TokenTests
{
    [Fact]
    public async Task While_the_issuer_is_down_known_keys_go_on_and_nothing_else_passes()
    {
        Issuer.Break();
        (await AskAsync(Issuer.Token("ada", Now))).MustBe(502, "upstream_error");
        (await Server.GetAsync("~/accounts/ada")).MustBe(404, "not_found");

        // Another address, so that nothing that failed is remembered.
        Issuer.Answer = null;
        await TrustAsync($"\"jwks_uri\":\"{Issuer.Url}/keys\"");
        Assert.Equal("ada", await UserAsync(Issuer.Token("ada", Now)));
        Issuer.Break();
        Assert.Equal("bob", await UserAsync(Issuer.Token("bob", Now)));
        var forged = Issuer.Token("ada", Now);
        Assert.Equal(401, (await AskAsync(forged[..^8] + "AAAAAAAA")).Status);
    }

    [Fact]
    public async Task What_an_issuer_must_not_answer_with_gives_it_no_keys()
    {
        await using var thief = await TestIssuer.StartAsync();
        var token = Issuer.Token("ada", Now);
        Func<HttpContext, Task>[] answers =
        [
            context => Task.Run(() => context.Response.Redirect($"{thief.Url}/keys")),
            context => context.Response.WriteAsync("{"),
            context => context.Response.WriteAsync("[]"),
            context => context.Response.WriteAsync("""{"keys":7}"""),
            context => context.Response.WriteAsync("""{"keys":[7]}"""),
            context => context.Response.WriteAsync("{\"keys\":[],\"pad\":\"" + new string('x', 300_000) + "\"}"),
            context => Task.Run(context.Abort),
        ];
        for (var i = 0; i < answers.Length; i++)
        {
            Issuer.Answer = answers[i];
            await TrustAsync($"\"jwks_uri\":\"{Issuer.Url}/keys?{i}\"");
            Assert.True((await AskAsync(token)).Status == 502, $"answer {i}");
        }
        Assert.Equal(0, thief.Fetches);

        Issuer.Answer = null;
        Issuer.Name = thief.Url;
        await TrustAsync();
        (await AskAsync(token)).MustBe(502, "upstream_error");
    }

    [Fact]
    public async Task A_provider_that_is_taken_away_is_over_at_once()
    {
        var token = Issuer.Token("ada", Now);
        Assert.Equal("ada", await UserAsync(token));
        (await Server.SendAsync("DELETE", "~/identity-providers/login", client: Server.Admin)).Must(200);
        await RefusedAsync(token);
        (await Server.SendAsync("DELETE", "~/identity-providers/login", client: Server.Admin))
            .MustBe(404, "not_found");
        await TrustAsync();
        Assert.Equal("ada", await UserAsync(token));
    }

    [Fact]
    public async Task A_token_is_over_by_the_ledgers_clock_and_a_clock_set_back_revives_none()
    {
        var token = Issuer.Token("ada", Now);
        Assert.Equal("ada", await UserAsync(token));
        Server.Clock.Advance(Core.Time.Instant.From(Now.AddSeconds(3_659)));
        Assert.Equal("ada", await UserAsync(token));
        Server.Clock.Advance(Core.Time.Instant.From(Now.AddSeconds(1)));
        await RefusedAsync(token);
    }

    [Theory]
    [InlineData("\"issuer\":\"\",\"audiences\":[\"a\"]", "issuer")]
    [InlineData("\"issuer\":\"accounts.example.com\",\"audiences\":[\"a\"]", "issuer")]
    [InlineData("\"issuer\":\"ftp://accounts.example.com\",\"audiences\":[\"a\"]", "issuer")]
    [InlineData("\"issuer\":\"https://user@example.com\",\"audiences\":[\"a\"]", "issuer")]
    [InlineData("\"issuer\":\"i\",\"audiences\":[\"a\"],\"jwks_uri\":\"file:///etc/passwd\"", "jwks_uri")]
    [InlineData("\"issuer\":\"https://i.example\",\"audiences\":[]", "audiences")]
    [InlineData("\"issuer\":\"https://i.example\",\"audiences\":[\"\"]", "audiences")]
    [InlineData("\"issuer\":\"https://i.example\",\"audiences\":[\"a\"],\"algorithms\":[]", "algorithms")]
    [InlineData("\"issuer\":\"https://i.example\",\"audiences\":[\"a\"],\"clock_skew\":301", "clock_skew")]
    [InlineData("\"issuer\":\"https://i.example\",\"audiences\":[\"a\"],\"account_prefix\":\"a:\"", "account_prefix")]
    [InlineData("\"issuer\":\"https://i.example\",\"audiences\":[\"a\"],\"tier\":\"none-such\"", "tier")]
    public async Task What_a_provider_says_is_checked_and_the_member_named(string members, string field)
    {
        var reply = await Server.SendAsync(
            "PUT", "~/identity-providers/bad", $"{{{members},\"subject_claim\":\"uid\"}}", client: Server.Admin);
        reply.MustBe(400, "invalid_request");
        Assert.Contains(field, reply.Body!["errors"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_is_listed_as_it_was_put_and_the_same_again_enters_nothing()
    {
        var put = await TrustAsync("\"required_claims\":{\"org\":\"acme\"},\"algorithms\":[\"ES256\",\"RS256\"]");
        var log = (await Server.SendAsync("GET", "~/audit", client: Server.Admin)).Must(200);
        Assert.Equal("identity_provider_put", (string)log.Body!["data"]![0]!["kind"]!);
        await TrustAsync("\"required_claims\":{\"org\":\"acme\"},\"algorithms\":[\"RS256\",\"ES256\",\"RS256\"]");
        var after = (await Server.SendAsync("GET", "~/audit", client: Server.Admin)).Must(200);
        Assert.Equal(log.Body!["data"]!.ToJsonString(), after.Body!["data"]!.ToJsonString());
        var listed = Assert.Single((await Server.GetAsync("~/identity-providers")).Must(200).Data);
        Assert.Equal(put.Body!.ToJsonString(), listed.ToJsonString());
    }
}
