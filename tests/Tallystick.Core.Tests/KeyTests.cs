using System.Collections.Immutable;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Xunit;

namespace Tallystick.Core.Tests;

/// <summary>A project's keys: which are live, what has left the state, and what the journal says of them.</summary>
public sealed class KeyTests
{
    private static readonly ChainKey Chain = ChainKey.OfProject(1);
    private readonly Dictionary<RecordKey, ChainRecord> _over = [];
    private ProjectState? _state;
    private Instant _now = new(1);

    public KeyTests() => Do(new ProjectCommand.OpenProject("default"));

    [Fact]
    public void A_revoked_key_leaves_the_state_and_can_still_be_found()
    {
        var first = Create(KeyRole.Admin);
        var second = Create(KeyRole.Service);
        Do(new ProjectCommand.RevokeKey(second));

        Assert.Equal(first, Assert.Single(_state!.Keys).Number);
        Assert.Equal(_now, ((ApiKey)_over[new(RecordKind.Key, second)]).RevokedAt);
    }

    [Fact]
    public void A_rotated_key_goes_on_until_the_overlap_ends_and_never_beyond_its_own_end()
    {
        Create(KeyRole.Admin);
        var lasting = Create(KeyRole.Service);
        var ending = Create(KeyRole.Service, expiresAt: new(100));
        var next = Rotate(lasting, oldExpiresAt: new(50));
        Rotate(ending, oldExpiresAt: new(500));

        Assert.Equal(new Instant(50), Key(lasting).Terms.ExpiresAt);
        Assert.Equal(next, Key(lasting).ReplacedBy);
        Assert.Equal(new Instant(100), Key(ending).Terms.ExpiresAt);
        Assert.True(Key(lasting).IsLiveAt(new(49)));
        Assert.False(Key(lasting).IsLiveAt(new(50)));
    }

    [Fact]
    public void A_key_that_is_rotated_without_overlap_is_over_at_once()
    {
        Create(KeyRole.Admin);
        var old = Create(KeyRole.Read);
        Rotate(old, oldExpiresAt: _now);

        Assert.DoesNotContain(_state!.Keys, key => key.Number == old);
        Assert.False(((ApiKey)_over[new(RecordKind.Key, old)]).IsLiveAt(_now));
    }

    [Fact]
    public void A_key_is_rotated_once()
    {
        Create(KeyRole.Admin);
        var old = Create(KeyRole.Read);
        Rotate(old, oldExpiresAt: new(50));
        Assert.IsType<Rejection.ProjectConflict>(Refused(Rotation(old, new(60))));
    }

    [Fact]
    public void The_last_lasting_admin_key_cannot_be_revoked()
    {
        var admin = Create(KeyRole.Admin);
        Create(KeyRole.Admin, expiresAt: new(1_000));
        Create(KeyRole.Service);
        Assert.IsType<Rejection.ProjectConflict>(Refused(new ProjectCommand.RevokeKey(admin)));
        Create(KeyRole.Admin);
        Do(new ProjectCommand.RevokeKey(admin));
    }

    [Fact]
    public void An_expired_key_makes_room_and_leaves_with_the_next_change()
    {
        Create(KeyRole.Admin);
        for (var i = 1; i < ApiKey.LiveMax; i++) Create(KeyRole.Ingest, expiresAt: new(10));
        Assert.IsType<Rejection.LimitExceeded>(Refused(Creation(KeyRole.Ingest)));

        _now = new(10);
        Create(KeyRole.Ingest);
        Assert.Equal(2, _state!.Keys.Length);
        Assert.Equal(ApiKey.LiveMax - 1, _over.Count);
    }

    [Fact]
    public void State_and_records_come_back_from_their_bytes()
    {
        Create(KeyRole.Admin);
        var account = new KeyTerms(KeyRole.Account, "widget") { AccountId = "acme", ExpiresAt = new(99) };
        Do(new ProjectCommand.CreateKey(account, [1, 2], "…x"));
        Rotate(_state!.Keys[^1].Number, oldExpiresAt: _now);

        Assert.Equal(_state.Encode(), AccountStateCodec.Decode(_state.Encode()).Encode());
        var record = Assert.Single(_over).Value;
        Assert.Equal(record.Encode(), AccountStateCodec.DecodeRecord(RecordKind.Key, record.Encode()).Encode());
    }

    [Fact]
    public void The_digest_does_not_see_what_a_secret_was()
    {
        var one = Semantic(new EntryBody.KeyCreated(new(KeyRole.Admin, "a"), [1], "…1"), " first key 01");
        var other = Semantic(new EntryBody.KeyCreated(new(KeyRole.Admin, "a"), [2], "…2"), " first key 02");
        var renamed = Semantic(new EntryBody.KeyCreated(new(KeyRole.Admin, "b"), [2], "…2"), " first key 02");
        Assert.Equal(one, other);
        Assert.NotEqual(one, renamed);
    }

    private static byte[] Semantic(EntryBody body, string claim)
    {
        var writer = new CborWriter();
        EntryCodec.Write(
            writer,
            new() { Chain = Chain, Sequence = 2, At = new(1), Body = body, Origin = new(claim, [0], default, [0]) },
            semantic: true);
        return writer.ToArray();
    }

    private ThingNumber Create(KeyRole role, Instant? expiresAt = null) => Do(Creation(role, expiresAt));
    private ThingNumber Rotate(ThingNumber key, Instant oldExpiresAt) => Do(Rotation(key, oldExpiresAt));
    private ApiKey Key(ThingNumber number) => _state!.Keys.Single(key => key.Number == number);

    private static ProjectCommand.CreateKey Creation(KeyRole role, Instant? expiresAt = null) =>
        new(new(role, "test") { ExpiresAt = expiresAt }, [1, 2, 3], "…abc");

    private ProjectCommand.RotateKey Rotation(ThingNumber key, Instant oldExpiresAt) =>
        new(key, Key(key).Terms, [4, 5, 6], "…def", oldExpiresAt);

    private ThingNumber Do(ProjectCommand command)
    {
        var accepted = Assert.IsType<Decision.Accepted>(Decide(command));
        var entry = accepted.Entries[^1];
        Assert.Equal(entry.Bytes, EntryCodec.Encode(EntryCodec.Decode(entry.Bytes)));
        _state = (ProjectState)accepted.State;
        foreach (var record in accepted.Records) _over.Add(record.Key, record);
        return entry.Entry.Number;
    }

    private Rejection Refused(ProjectCommand command) =>
        Assert.IsType<Decision.Refused>(Decide(command)).Rejection;

    private Decision Decide(ProjectCommand command) =>
        ProjectRules.Decide(Chain, _state, command, new Envelope(_now, UtcCalendar.Terms(ProjectSettings.Default)));
}
