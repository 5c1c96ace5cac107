using System.Text.RegularExpressions;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Gateway.Tests.Sdks;

/// <summary>
/// The official SDKs of npm as their users have them: the base address and the key are all that is changed.
/// </summary>
public sealed partial class NpmSdkTests
{
    [Theory]
    [InlineData("openai", 20)]
    [InlineData("anthropic", 9)]
    [InlineData("ai", 15)]
    public async Task An_official_SDK_of_npm_works_unchanged(string sdk, int tests)
    {
        await using var server = await Provider.ServeAsync();
        var environment = new Dictionary<string, string>
        {
            ["GATEWAY_URL"] = server.Http.BaseAddress!.ToString().TrimEnd('/'),
            ["GATEWAY_KEY"] = GatewayServer.HolderKey,
        };
        var (code, output) = await NpmProject.RunAsync(
            environment, "node", "--test", "--test-reporter=tap", $"{sdk}.test.mjs");
        Assert.True(code == 0, output);
        Assert.Equal($"{tests}", Passed().Match(output).Groups[1].Value);
        await server.SettledAsync();
    }

    [GeneratedRegex(@"^# pass (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Passed();
}
