using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Identities;

/// <summary>Tokens that are not what they say: none opens anything, and none brings anything about.</summary>
public sealed class HostileTokenTests : TokenTests
{
    [Theory]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    [InlineData("PS512")]
    public async Task A_token_is_taken_by_the_algorithms_that_the_provider_names_and_no_other_A5(string algorithm)
    {
        await TrustAsync($"\"algorithms\":[\"{algorithm}\"]");
        Assert.Equal("ada", await UserAsync(Issuer.Sign(Claims(), algorithm: algorithm)));
        foreach (var other in new[] { "RS256", "PS256", "RS512" }.Where(other => other != algorithm))
            await RefusedAsync(Issuer.Sign(Claims(), algorithm: other), other);
    }

    [Theory]
    [InlineData("ES256", 256)]
    [InlineData("ES384", 384)]
    [InlineData("ES512", 521)]
    public async Task An_elliptic_key_is_taken_by_the_algorithm_of_its_curve_A5(string algorithm, int bits)
    {
        await TrustAsync("\"algorithms\":[\"ES256\",\"ES384\",\"ES512\"]");
        var key = Issuer.Publish(IssuerKey.Ec("curved", ECCurve.CreateFromFriendlyName($"nistP{bits}")));
        Assert.Equal("ada", await UserAsync(Issuer.Sign(Claims(), key, algorithm)));
        foreach (var other in new[] { "ES256", "ES384", "ES512" }.Where(other => other != algorithm))
            await RefusedAsync(Issuer.Sign(Claims(), key, other), other);
    }

    [Fact]
    public async Task An_algorithm_that_anybody_could_sign_by_is_refused_A5()
    {
        var claims = IssuerKey.Encode(Claims());
        foreach (var none in new[] { "none", "None", "nOnE", "NONE", "" })
        {
            var head = IssuerKey.Encode(new JsonObject { ["alg"] = none, ["kid"] = "one" });
            await RefusedAsync($"{head}.{claims}.", none);
            await RefusedAsync($"{head}.{claims}.AA", none);
        }
        // The public key is no secret: whoever takes it for one takes anybody's word.
        byte[][] secrets =
        [
            Encoding.ASCII.GetBytes(Issuer.Keys[0].Pem), Encoding.UTF8.GetBytes(Issuer.Keys[0].ToJson().ToJsonString()),
            Encoding.ASCII.GetBytes((string)Issuer.Keys[0].ToJson()["n"]!), [],
        ];
        foreach (var secret in secrets)
        {
            var head = IssuerKey.Encode(new JsonObject { ["alg"] = "HS256", ["kid"] = "one" });
            var text = $"{head}.{claims}";
            var mac = HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(text));
            await RefusedAsync($"{text}.{IssuerKey.Encode(mac)}", "HS256");
        }
        foreach (var algorithm in new[] { "HS256", "none", "EdDSA", "RS1" })
            (await Server.SendAsync(
                "PUT", "~/identity-providers/login", client: Server.Admin, body:
                $$"""{"issuer":"{{Issuer.Url}}","audiences":["a"],"algorithms":["{{algorithm}}"]}"""))
                .MustBe(400, "invalid_request");
    }

    [Fact]
    public async Task A_key_that_the_token_brings_or_points_to_counts_for_nothing_A5()
    {
        await using var thief = await TestIssuer.StartAsync();
        using var own = IssuerKey.Rsa("one");
        thief.Publish(own);
        JsonObject[] heads =
        [
            new() { ["jwk"] = own.ToJson() }, new() { ["jku"] = $"{thief.Url}/keys" },
            new() { ["x5u"] = $"{thief.Url}/keys" }, new() { ["x5c"] = new JsonArray("AAAA") },
            new() { ["kid"] = $"{thief.Url}/keys" }, new() { ["kid"] = "../../etc/passwd" },
            new() { ["kid"] = "' OR 1=1--" }, new() { ["kid"] = "/dev/null" }, new() { ["kid"] = "" },
            new() { ["kid"] = new string('k', 4_000) }, new() { ["kid"] = 1 }, new() { ["kid"] = new JsonArray("one") },
            new() { ["kid"] = null, ["jwk"] = own.ToJson() }, [],
        ];
        foreach (var head in heads) await RefusedAsync(Issuer.Sign(Claims(), own, head: head), head.ToJsonString());
        Assert.Equal(0, thief.Fetches);
        // However many keys are named, the issuer is asked once in a while.
        Assert.InRange(Issuer.Fetches, 1, 2);
    }

    [Fact]
    public async Task A_token_must_say_what_it_must_as_it_must_A5()
    {
        var now = Now.ToUnixTimeSeconds();
        (string Claim, JsonNode? Value)[] changes =
        [
            ("exp", null), ("exp", (now + 60).ToString()), ("exp", now - 61), ("exp", 0), ("exp", -1), ("exp", true),
            ("exp", new JsonArray(now + 60)), ("exp", JsonNode.Parse("1e40")), ("nbf", now + 61), ("nbf", "soon"),
            ("nbf", (now - 60).ToString()), ("nbf", JsonNode.Parse("1e40")), ("iss", null),
            ("iss", "https://thief.example"), ("iss", Issuer.Url + "/"),
            ("iss", new JsonArray(Issuer.Url, "other")), ("aud", null), ("aud", "other"), ("aud", "Tallystick"),
            ("aud", new JsonArray()), ("aud", new JsonArray("other")), ("aud", new JsonArray("tallystick", 1)),
            ("aud", 1),
            ("sub", null), ("sub", ""), ("sub", 7), ("sub", new string('s', 513)),
            ("sub", new JsonArray("ada", "bob")),
        ];
        foreach (var (claim, value) in changes)
        {
            var claims = Claims();
            if (value is null) claims.Remove(claim); else claims[claim] = value;
            await RefusedAsync(Issuer.Sign(claims), $"{claim} {value?.ToJsonString()}");
        }
        (await Server.GetAsync("~/accounts/ada")).MustBe(404, "not_found");

        foreach (var (claim, value) in new (string, JsonNode)[]
            { ("exp", now - 59), ("nbf", now + 59), ("aud", new JsonArray("x", "tallystick")), ("exp", now + 1.5m) })
        {
            var claims = Claims();
            claims[claim] = value;
            Assert.Equal("ada", await UserAsync(Issuer.Sign(claims)));
        }
    }

    [Fact]
    public async Task A_token_whose_form_is_not_sound_is_refused_A5()
    {
        var good = Issuer.Token("ada", Now);
        var parts = good.Split('.');
        var body = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
        string[] bad =
        [
            $"{parts[0]}.{parts[1]}", $"{parts[0]}.{parts[1]}.", $"{good}.", $".{good}", $"{good}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.{parts[2]}=", $"{parts[0]}.{parts[1]} .{parts[2]}", good + "A", good[..^2],
            $"{parts[0]}.{IssuerKey.Encode(Claims("bob"))}.{parts[2]}", $"{parts[0]}..{parts[2]}",
            Resign(body.Replace("\"sub\":\"ada\"", "\"sub\":\"bob\",\"sub\":\"ada\"", StringComparison.Ordinal)),
            Resign("[]"), Resign("null"), Resign(good), Resign(body + "}"), Resign(""),
            ResignBytes([.. Encoding.UTF8.GetBytes(body)[..^1], .. ",\"x\":\""u8, 0xFF, .. "\"}"u8]),
            Issuer.Sign(Claims(), head: new() { ["crit"] = new JsonArray("b64"), ["b64"] = false }),
            Issuer.Sign(Claims(), head: new() { ["cty"] = "JWT" }),
            Issuer.Sign(Claims(), head: new() { ["typ"] = "JWE" }),
            Issuer.Sign(With(("pad", new string('x', 20_000)))),
        ];
        foreach (var token in bad) await RefusedAsync(token, token.Length > 200 ? token[..200] : token);
        for (var i = 0; i < good.Length; i += 7)
        {
            if (good[i] == '.') continue;
            var flipped = good[i] == 'A' ? 'B' : 'A';
            // The last digit of a signature has bits that mean nothing.
            if (i < good.Length - 1) await RefusedAsync($"{good[..i]}{flipped}{good[(i + 1)..]}", $"digit {i}");
        }
        Assert.Equal("ada", await UserAsync(good));

        string Resign(string text) => ResignBytes(Encoding.UTF8.GetBytes(text));
        string ResignBytes(byte[] text)
        {
            var signed = $"{parts[0]}.{IssuerKey.Encode(text)}";
            return $"{signed}.{IssuerKey.Encode(Issuer.Keys[0].Sign("RS256", signed))}";
        }
    }

    [Fact]
    public async Task A_token_whose_text_or_numbers_are_none_is_refused_and_counts_as_a_failure_A5_A7()
    {
        const string Half = "\"\\ud800\"", Last = "79228162514264337593543950335";
        var claims = Claims().ToJsonString();
        string[] bad =
        [
            Unsigned($"{{\"alg\":{Half}}}", claims), Unsigned($"{{\"alg\":\"RS256\",\"typ\":{Half}}}", claims),
            Unsigned($"{{\"alg\":\"RS256\",\"kid\":{Half}}}", claims),
            Unsigned($"{{\"alg\":\"RS256\",{Half}:1,{Half}:2}}", claims),
            .. from claim in new[] { "iss", "aud", "sub", "exp", "org" }
               from text in new[] { Half, $"[{Half}]", $"{{{Half}:1}}" } select With(claim, text),
            With("exp", Last), With("exp", "-" + Last), With("nbf", Last), With("nbf", "-" + Last),
        ];
        await TrustAsync("\"required_claims\":{\"org\":\"acme\"}");
        foreach (var token in bad) await RefusedAsync(token, token);

        await using var braked = await ApiServer.StartAsync(failuresMax: bad.Length);
        (await braked.SendAsync(
            "PUT", "~/identity-providers/login", client: braked.Admin, body:
            $$"""{"issuer":"{{Issuer.Url}}","audiences":["{{TestIssuer.Audience}}"]}""")).Must(200);
        foreach (var token in bad) Assert.Equal(401, await StatusAsync(token));
        Assert.Equal(429, await StatusAsync(bad[0]));

        string With(string claim, string json)
        {
            var members = Claims();
            members.Remove(claim);
            var rest = members.ToJsonString()[1..];
            return Unsigned("""{"alg":"RS256","kid":"one"}""", $"{{\"{claim}\":{json},{rest}");
        }

        static string Unsigned(string head, string claims) =>
            $"{IssuerKey.Encode(Encoding.UTF8.GetBytes(head))}.{IssuerKey.Encode(Encoding.UTF8.GetBytes(claims))}.AA";

        async Task<int> StatusAsync(string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/credits/balance");
            request.Headers.Authorization = new("Bearer", token);
            return (await braked.SendAsync(request)).Status;
        }
    }

    [Fact]
    public async Task A_key_that_is_weak_of_another_use_or_doubled_verifies_nothing_A5()
    {
        var weak = Issuer.Publish(IssuerKey.Rsa("weak", 1_024));
        await RefusedAsync(Issuer.Sign(Claims(), weak), "1024 bits");
        Issuer.Answer = context => Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
            context.Response, Published("enc", "two"));
        await TrustAsync($"\"jwks_uri\":\"{Issuer.Url}/keys?2\"");
        using var two = IssuerKey.Rsa("two");
        await RefusedAsync(Issuer.Sign(Claims(), two), "another use");
        await RefusedAsync(Issuer.Sign(Claims(), head: new() { ["kid"] = "two" }), "another use");

        string Published(string use, string id)
        {
            var key = Issuer.Keys[0].ToJson();
            (key["use"], key["kid"]) = (use, id);
            return new JsonObject { ["keys"] = new JsonArray(key) }.ToJsonString();
        }
    }

    [Fact]
    public async Task Claims_that_are_required_must_be_there_and_an_address_must_be_verified_A5()
    {
        await TrustAsync("\"required_claims\":{\"org\":\"acme\",\"admin\":\"true\"}");
        await RefusedAsync(Issuer.Sign(Claims()));
        await RefusedAsync(Issuer.Sign(With(("org", "acme"), ("admin", false))));
        await RefusedAsync(Issuer.Sign(With(("org", "acme2"), ("admin", true))));
        Assert.Equal(
            "ada", await UserAsync(Issuer.Sign(With(("org", "acme"), ("admin", true)))));

        await TrustAsync("\"subject_claim\":\"email\"");
        var claims = With(("email", "ada@example.com"));
        await RefusedAsync(Issuer.Sign(claims));
        claims["email_verified"] = false;
        await RefusedAsync(Issuer.Sign(claims));
        claims["email_verified"] = true;
        Assert.Equal("ada@example.com", await UserAsync(Issuer.Sign(claims)));
    }

    private JsonObject With(params ReadOnlySpan<(string Name, JsonNode Value)> more)
    {
        var claims = Claims();
        foreach (var (name, value) in more) claims[name] = value;
        return claims;
    }
}
