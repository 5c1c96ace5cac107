using System.Text.Json.Nodes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Api.Tests.Hostile;

/// <summary>
/// Q9: requests made from the API's own document and from what should not be in them. Each is answered as documented,
/// none with a 5xx or late, and whatever is refused has stored nothing.
/// </summary>
public sealed class HostileTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(1);

    /// <summary>Moves the clock to the end of time where it is asked to, as it should.</summary>
    private const string Clock = "/api/v1/test-clock/advance";
    private ApiServer _server = null!;
    private JsonObject _document = null!;
    private readonly Dictionary<string, string> _faults = [];
    private int _sent;

    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.StartAsync(isAdmin: true);
        _document = JsonNode.Parse(await _server.Http.GetStringAsync("/openapi/v1.json"))!.AsObject();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Whatever_is_sent_is_answered_as_documented_and_a_refusal_stores_nothing_Q9_I35()
    {
        var refused = 0;
        // Settings that are odd and allowed would be in the way of all others.
        foreach (var route in ApiApp.Routes.Where(route => route.Pattern != Clock)
            .OrderBy(route => route.Method == "PATCH"))
        {
            var world = await WorldAsync();
            var one = AccessCases.All[$"{route.Method} {route.Pattern}"];
            var valid = new HostileRequest(route.Method, one.Path(world), one.Body?.Invoke(world));
            foreach (var request in HostileRequest.Of(_document, route.Pattern, valid))
            {
                if (await SendAsync(request) >= 400) refused++;
            }
            // What stops the ledger stops all that follows, too.
            if (_faults.Values.Any(fault => fault.Contains("503", StringComparison.Ordinal))) break;
        }
        output.WriteLine($"{_sent} requests, {refused} refused");
        Assert.True(_faults.Count == 0, $"{_faults.Count} faults:\n{string.Join('\n', _faults.Values)}");
        Assert.True(_sent >= 20_000, $"only {_sent} requests");
        Assert.True(refused >= _sent / 2);
    }

    private async Task<World> WorldAsync()
    {
        var admin = _server.Admin.DefaultRequestHeaders.Authorization!.Parameter!;
        var world = await World.MakeAsync(_server.Http, admin, $"h{_sent}");
        return world.With($"p{_sent}");
    }

    private async Task<int> SendAsync(HostileRequest request)
    {
        var (commits, since) = (_server.Commits, TimeProvider.System.GetTimestamp());
        using var message = request.ToMessage($"q{_sent++}");
        try
        {
            var reply = await _server.SendAsync(message, _server.Admin);
            var took = TimeProvider.System.GetElapsedTime(since) - Lateness.Since(since);
            if (reply.Status >= 500) Fault(request, $"answered {reply.Status} {reply.Body}");
            if (reply.Status >= 400 && _server.Commits != commits) Fault(request, "was refused and stored");
            if (took > AnswerMax) Fault(request, $"took {took}");
            return reply.Status;
        }
        catch (Exception undocumented) when (undocumented is Xunit.Sdk.IAssertionException)
        {
            Fault(request, undocumented.Message);
            return 0;
        }
    }

    private void Fault(HostileRequest request, string fault)
    {
        var body = request.Body is { Length: > 300 } large ? large[..300] : request.Body;
        // One of a kind is enough to read.
        var kind = $"{request.Method} {request.Path.Split('?')[0]} {fault}";
        _faults.TryAdd(kind[..Math.Min(kind.Length, 150)], $"{request.Method} {request.Path} {body}: {fault}");
    }
}
