using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.Tokens;
using Tallystick.Engine.Identity.Tokens;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Engine.Tests;

/// <summary>How an issuer's keys are fetched, kept and given up.</summary>
public sealed class IssuerKeyTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly IssuerKey _key = IssuerKey.Rsa("");
    private readonly IssuerKeys _keys;
    private ImmutableArray<string> _published = ["one"];
    private Func<Task> _before = () => Task.CompletedTask;
    private int _fetches;
    private bool _isDown;

    public IssuerKeyTests() =>
        _keys = new(FetchAsync, "https://issuer.example", _time, NullLogger.Instance);

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task However_many_unknown_keys_are_named_the_issuer_is_asked_once_in_ten_seconds()
    {
        for (var i = 0; i < 1_000; i++) Assert.Null(await FindAsync($"made-up-{i}"));
        Assert.Equal(1, _fetches);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Null(await FindAsync("made-up"));
        Assert.Equal(1, _fetches);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await FindAsync("made-up"));
        Assert.Equal(2, _fetches);
    }

    [Fact]
    public async Task A_hundred_at_once_wait_for_one_fetch()
    {
        var gate = new TaskCompletionSource();
        _before = () => gate.Task;
        var asked = Enumerable.Range(0, 100).Select(_ => FindAsync("one")).ToList();
        gate.SetResult();
        Assert.All(await Task.WhenAll(asked), Assert.NotNull);
        Assert.Equal(1, _fetches);
    }

    [Fact]
    public async Task A_new_key_is_found_by_its_id_and_one_that_was_taken_away_is_over_within_ten_minutes()
    {
        Assert.NotNull(await FindAsync("one"));
        _published = ["two"];
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.NotNull(await FindAsync("two"));
        Assert.Null(await FindAsync("one"));

        _published = [];
        _time.Advance(TimeSpan.FromMinutes(11));
        // Used once more while it is fetched again beside it.
        Assert.NotNull(await FindAsync("two"));
        await UntilAsync(3);
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Null(await FindAsync("two"));
    }

    [Fact]
    public async Task While_the_issuer_is_down_what_is_known_is_good_for_a_day_and_nothing_else_is()
    {
        _isDown = true;
        await Assert.ThrowsAsync<IssuerUnavailableException>(() => FindAsync("one"));
        await Assert.ThrowsAsync<IssuerUnavailableException>(() => FindAsync("one"));
        Assert.Equal(1, _fetches);
        _isDown = false;
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.NotNull(await FindAsync("one"));

        _isDown = true;
        _time.Advance(TimeSpan.FromHours(23));
        Assert.NotNull(await FindAsync("one"));
        await Assert.ThrowsAsync<IssuerUnavailableException>(() => FindAsync("two"));
        _time.Advance(TimeSpan.FromHours(2));
        await Assert.ThrowsAsync<IssuerUnavailableException>(() => FindAsync("one"));
        _isDown = false;
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.NotNull(await FindAsync("one"));
    }

    [Fact]
    public async Task A_token_without_a_key_id_means_the_one_key_that_fits_or_none()
    {
        Assert.NotNull(await FindAsync(null));
        Assert.Null(await _keys.FindAsync(null, "ES256", default));
        _published = ["one", "two"];
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.NotNull(await FindAsync("two"));
        Assert.Null(await FindAsync(null));
    }

    private Task<JsonWebKey?> FindAsync(string? id) => _keys.FindAsync(id, "RS256", default).AsTask();

    private async Task UntilAsync(int fetches)
    {
        for (var i = 0; i < 500 && Volatile.Read(ref _fetches) < fetches; i++) await Task.Delay(10);
        Assert.Equal(fetches, _fetches);
    }

    private async Task<ImmutableArray<JsonWebKey>> FetchAsync()
    {
        await _before();
        if (_isDown)
        {
            Interlocked.Increment(ref _fetches);
            throw new IssuerUnavailableException("down");
        }
        var json = _key.ToJson();
        ImmutableArray<JsonWebKey> keys =
        [
            .. _published.Select(id => new JsonWebKey
            {
                Kty = "RSA", Kid = id, N = (string)json["n"]!, E = (string)json["e"]!,
            }),
        ];
        Interlocked.Increment(ref _fetches);
        return keys;
    }
}
