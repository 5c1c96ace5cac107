using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Tallystick.Server.Tests.Crashes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Server.Tests.Upgrades;

/// <summary>
/// S10: books that earlier programs have written, beside this file, with what those answered. They are opened as they
/// are: what was promised then holds now. (Digests are of one version: states may come to hold more.)
/// </summary>
public sealed class EarlierBookTests : IDisposable
{
    private const string Now = "2026-02-20T00:00:00Z";
    private readonly string _folder = Directory.CreateTempSubdirectory("tally-earlier-").FullName;

    public static TheoryData<string> Books => new(
        Directory.GetFiles(RepositoryFile.PathOf("tests/Tallystick.Server.Tests/Upgrades"), "*.zip")
            .Select(file => Path.GetFileName(file)).Order());

    [Theory]
    [MemberData(nameof(Books))]
    public async Task Books_of_an_earlier_program_hold_are_served_and_answer_as_they_did_S10(string books)
    {
        ZipFile.ExtractToDirectory(RepositoryFile.PathOf($"tests/Tallystick.Server.Tests/Upgrades/{books}"), _folder);
        await using (var server = await TallyServer.StartAsync(_folder, "--test-clock", Now))
        {
            foreach (var line in File.ReadLines(Path.Combine(_folder, "answers.jsonl")))
                await MustAnswerAsync(server.Http, JsonNode.Parse(line)!);
            await MustVerifyAsync();
            var charge = new Intent("new", "/api/v1/charges", """{"account_id":"acme","amount":"0.1"}""");
            Assert.Equal(201, (await LoadClient.SendAsync(server.Http, charge))!.Status);
        }
        await MustVerifyAsync();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Asks again: the status is the same, and so is each member of the answer that there was.</summary>
    private static async Task MustAnswerAsync(HttpClient http, JsonNode asked)
    {
        var (method, path) = ((string)asked["method"]!, (string)asked["path"]!);
        using var request = new HttpRequestMessage(new(method), path);
        if ((string?)asked["body"] is { } body)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if ((string?)asked["key"] is { } key) request.Headers.Add("Idempotency-Key", key);
        using var response = await http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == (int)asked["status"]!, $"{method} {path}: {answer}");
        MustHave(JsonNode.Parse(answer), asked["answer"], $"{method} {path}");
    }

    /// <summary>Later versions may add members and take none away.</summary>
    private static void MustHave(JsonNode? now, JsonNode? then, string where)
    {
        switch (then)
        {
            case JsonObject members:
                foreach (var (name, value) in members) MustHave(now![name], value, $"{where}/{name}");
                break;
            case JsonArray items:
                Assert.True(now!.AsArray().Count == items.Count, where);
                foreach (var (i, item) in items.Index()) MustHave(now[i], item, $"{where}/{i}");
                break;
            default:
                Assert.True(JsonNode.DeepEquals(now, then), $"{where}: {then} became {now}");
                break;
        }
    }

    private async Task MustVerifyAsync()
    {
        var verified = await Tally.RunAsync("verify", "--data", _folder);
        Assert.True(verified.Code == 0, verified.Output + verified.Errors);
    }
}
