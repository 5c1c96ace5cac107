using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Xunit;

namespace Tallystick.Core.Tests;

/// <summary>A project's upstreams: what it is told, what it keeps, and what its journal says.</summary>
public sealed class UpstreamTests
{
    private static readonly ChainKey Key = ChainKey.OfProject(1);
    private ProjectState? _state;

    public UpstreamTests() => Do(new ProjectCommand.OpenProject("default"));

    [Fact]
    public void An_upstream_is_kept_as_it_was_put_last()
    {
        Put("openai", "{}", [1, 2, 3], "…abc");
        Put("groq", "{}", null, null);
        Put("openai", """{"enabled":false}""", null, null);
        var upstream = _state!.Upstreams.Single(one => one.Name == "openai");
        Assert.Equal("""{"enabled":false}""", upstream.Options);
        Assert.Equal([1, 2, 3], upstream.SealedKey);
        Assert.Equal("…abc", upstream.KeyHint);
        Assert.Equal(2, _state.Upstreams.Length);
    }

    [Fact]
    public void The_same_again_without_a_key_enters_nothing_and_a_key_always_does()
    {
        Put("openai", "{}", [1], "…1");
        Assert.IsType<Decision.Unchanged>(Decide(new ProjectCommand.PutUpstream("openai", "{}", null, null)));
        Assert.IsType<Decision.Accepted>(Decide(new ProjectCommand.PutUpstream("openai", "{}", [2], "…2")));
    }

    [Fact]
    public void There_are_no_more_than_a_state_can_carry()
    {
        for (var i = 0; i < Upstream.CountMax; i++) Put($"upstream-{i}", "{}", [], null);
        Assert.IsType<Decision.Refused>(Decide(new ProjectCommand.PutUpstream("one-more", "{}", [], null)));
        Assert.IsType<Decision.Accepted>(Decide(new ProjectCommand.PutUpstream("upstream-0", """{"a":1}""", [], null)));
    }

    [Fact]
    public void A_state_with_upstreams_comes_back_from_its_bytes()
    {
        Put("openai", """{"base_url":"https://example.com"}""", [9, 8], "…key");
        Put("echo", "{}", [], null);
        var read = (ProjectState)AccountStateCodec.Decode(_state!.Encode());
        Assert.Equal(_state.Encode(), read.Encode());
        Assert.Equal("…key", read.Upstreams.Single(one => one.Name == "openai").KeyHint);
    }

    private void Put(string name, string options, ImmutableArray<byte>? key, string? hint) =>
        Do(new ProjectCommand.PutUpstream(name, options, key, hint));

    private void Do(ProjectCommand command)
    {
        var accepted = Assert.IsType<Decision.Accepted>(Decide(command));
        Assert.All(
            accepted.Entries, entry => Assert.Equal(entry.Bytes, EntryCodec.Encode(EntryCodec.Decode(entry.Bytes))));
        _state = (ProjectState)accepted.State;
    }

    private Decision Decide(ProjectCommand command) =>
        ProjectRules.Decide(
            Key, _state, command, new Envelope(new Instant(1), UtcCalendar.Terms(ProjectSettings.Default)));
}
