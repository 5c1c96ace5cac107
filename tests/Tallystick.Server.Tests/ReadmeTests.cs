using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tallystick.Server.Tests.Crashes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Server.Tests;

/// <summary>What the README shows is what appears: its commands are run and their output is compared.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    private const string Mark = "--- and then ---";
    private readonly string _folder = Directory.CreateTempSubdirectory("tally-readme-").FullName;

    [Fact]
    public async Task Every_command_of_the_readme_prints_what_the_readme_says()
    {
        var steps = Steps(RepositoryFile.Read("README.md"));
        Assert.True(steps.Count > 5, "the README shows hardly anything");
        await using var server = await TallyServer.StartAsync(_folder);
        var script = new StringBuilder();
        foreach (var (command, _) in steps) script.Append(command).Append($"\necho; echo '{Mark}'\n");
        var address = server.Http.BaseAddress!.ToString().TrimEnd('/');
        var output = await RunAsync(script.ToString()
            .Replace("http://127.0.0.1:8480", address, StringComparison.Ordinal)
            .Replace("src/Tallystick.Server/bin/Release/net10.0/tally", Tally.Program, StringComparison.Ordinal));

        foreach (var (step, printed) in steps.Zip(output.Split(Mark)))
            Assert.True(
                PatternOf(step.Expected).IsMatch(WithoutSpace(printed)),
                $"{step.Command}\nshould print {step.Expected}\nand prints  {printed}");
    }

    [Fact]
    public async Task The_official_SDK_prints_what_the_readme_says()
    {
        var snippet = Snippet().Match(RepositoryFile.Read("README.md")).Groups[1].Value;
        await using var server = await TallyServer.StartAsync(_folder);
        await SendAsync(HttpMethod.Put, "/api/v1/accounts/acme", new { tier = "trial" });
        var key = await SendAsync(
            HttpMethod.Post, "/api/v1/keys", new { role = "account", account_id = "acme", name = "acme" });
        var address = server.Http.BaseAddress!.ToString().TrimEnd('/');
        var (code, output) = await NpmProject.RunAsync(
            new() { ["HOLDER"] = (string)key["key"]! }, "node", "--input-type=module", "--eval",
            snippet.Replace("http://127.0.0.1:8480", address, StringComparison.Ordinal));
        Assert.True(code == 0, output);
        Assert.Equal(snippet[(snippet.LastIndexOf("// ", StringComparison.Ordinal) + 3)..].Trim(), output.Trim());

        async Task<JsonNode> SendAsync(HttpMethod method, string path, object body)
        {
            using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
            using var response = await server.Http.SendAsync(request);
            return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>
    /// The commands of its blocks, each with the lines that it prints; blocks in a language are passed over.
    /// </summary>
    private static List<(string Command, string Expected)> Steps(string readme)
    {
        var (steps, fence) = (new List<(string Command, string Expected)>(), (string?)null);
        foreach (var line in readme.Split('\n'))
            if (line.StartsWith("```", StringComparison.Ordinal)) fence = fence is null ? line : null;
            else if (fence is not "```") continue;
            else if (line.StartsWith("$ ", StringComparison.Ordinal)) steps.Add((line[2..], ""));
            else if (steps.Count > 0) steps[^1] = (steps[^1].Command, steps[^1].Expected + line);
        return steps;
    }

    /// <summary>The three dots stand for anything; a digest is another one for every instant.</summary>
    private static Regex PatternOf(string expected)
    {
        var parts = WithoutSpace(expected).Split('…').Select(Regex.Escape);
        return new($"^{Digest().Replace(string.Join(".*", parts), "[0-9a-f]{64}")}$", RegexOptions.Singleline);
    }

    private static string WithoutSpace(string text) => Space().Replace(text, "");

    private async Task<string> RunAsync(string script)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["KEY"] = TallyServer.AdminKey;
        start.Environment["TALLY_DATA"] = _folder;
        using var bash = Process.Start(start)!;
        await bash.StandardInput.WriteAsync(script);
        bash.StandardInput.Close();
        var output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        return output;
    }

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Digest();

    [GeneratedRegex("```js\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
