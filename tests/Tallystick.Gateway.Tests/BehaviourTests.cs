using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>
/// Every behaviour of an upstream, with a client that stays and with clients that leave at every point: what is charged
/// is what the provider says or what the documented rule makes of it, and no hold stays open.
/// </summary>
public sealed class BehaviourTests(ITestOutputHelper output)
{
    private const int AtOnce = 24;

    private enum Leaves { Never, BeforeTheHead, AfterAByte, AfterSomeBytes, WithoutReading }

    [Fact]
    public async Task What_is_charged_is_the_providers_truth_whatever_happens_and_no_hold_stays_open_G4_G5_G6_I29_Q12()
    {
        var behaviours = Behaviours.All().ToList();
        Assert.Equal(behaviours.Count, behaviours.Select(one => one.Name).Distinct().Count());
        Assert.True(behaviours.Count >= 120, $"{behaviours.Count} behaviours");
        await using var server = await GatewayServer.StartAsync(
            options: """{"timeouts":{"first_byte_seconds":1,"idle_seconds":1,"total_seconds":20,"drain_seconds":1}}""");
        var scenarios = behaviours.SelectMany(one => Enum.GetValues<Leaves>().Select(leaves => (one, leaves))).ToList();
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            scenarios.Index(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (scenario, _) =>
            {
                var (behaviour, leaves) = scenario.Item;
                if (await RunAsync(server, scenario.Index, behaviour, leaves) is { } fault)
                    wrong.Add($"{behaviour.Name}, leaves {leaves}: {fault}");
            });
        output.WriteLine($"{scenarios.Count} scenarios of {behaviours.Count} behaviours");
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order(StringComparer.Ordinal)));
    }

    private static async Task<string?> RunAsync(GatewayServer server, int number, Behaviour behaviour, Leaves leaves)
    {
        var account = $"account-{number}";
        var ask = behaviour.Ask.Replace("Hello", $"Hello {account}.", StringComparison.Ordinal);
        behaviour = behaviour with { Ask = ask };
        await server.OpenAsync(account, 2_000_000);
        var arrived = new TaskCompletionSource();
        server.Upstream.On(account, context =>
        {
            arrived.TrySetResult();
            return behaviour.Run(context);
        });
        await CallAsync(server, account, behaviour, leaves, arrived.Task);
        await server.SettledAsync(account);
        return await CheckAsync(server, account, behaviour.Rule);
    }

    private static async Task CallAsync(
        GatewayServer server, string account, Behaviour behaviour, Leaves leaves, Task arrived)
    {
        using var client = new HttpClient { BaseAddress = server.Http.BaseAddress };
        using var leaving = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, behaviour.Path)
        {
            Content = new StringContent(behaviour.Ask, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", GatewayServer.KeyPrefix + account);
        try
        {
            var sending = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leaving.Token);
            if (leaves == Leaves.BeforeTheHead)
            {
                await Task.WhenAny(arrived, sending);
                await leaving.CancelAsync();
            }
            using var response = await sending;
            if (leaves == Leaves.WithoutReading)
            {
                await Task.Delay(20);
                return;
            }
            using var stream = await response.Content.ReadAsStreamAsync(leaving.Token);
            var left = leaves switch { Leaves.AfterAByte => 1, Leaves.AfterSomeBytes => 60, _ => int.MaxValue };
            var buffer = new byte[64 << 10];
            for (var read = 1; left > 0 && read > 0; left -= read)
                read = await stream.ReadAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)));
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or IOException)
        {
            // The upstream was told to break, or the client to leave: what counts is what is charged.
        }
    }

    private static async Task<string?> CheckAsync(GatewayServer server, string account, Rule rule)
    {
        var entries = await server.EntriesAsync(account);
        var holds = entries.Count(entry => entry.Entry.Body is EntryBody.HoldPlaced);
        var captures = entries.Where(entry => entry.Entry.Body is EntryBody.Captured).ToList();
        if (holds != 1) return $"{holds} holds";
        if (rule is Rule.Nothing)
        {
            var available = (await server.StateAsync(account)).Available;
            return captures.Count == 0 && available == CreditAmount.FromCredits(2_000_000) ? null : "charged";
        }
        if (captures.Count != 1) return $"{captures.Count} captures";
        var amount = ((EntryBody.Captured)captures[0].Entry.Body).Amount;
        var estimated = (bool)GatewayServer.Metadata(captures[0])["estimated"]!;
        if (rule is not Rule.Exact exact)
            return estimated && amount.IsPositive && amount < CreditAmount.FromCredits(2_000) ? null
                : $"{amount}, estimated {estimated}";
        var expected = CreditAmount.FromCredits(exact.Input + (2 * exact.Output));
        return amount == expected && !estimated ? null : $"{amount} instead of {expected}, estimated {estimated}";
    }
}
