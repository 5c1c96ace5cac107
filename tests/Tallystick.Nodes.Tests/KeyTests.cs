using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Engine;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Lanes;
using Tallystick.Store.Postgres;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>Keys that end on one node, and what another one knows of it.</summary>
public sealed class KeyTests(NodesFixture fixture)
{
    private static readonly TimeSpan KnownWithin = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_key_revoked_here_is_refused_here_at_once_and_there_within_five_seconds_A4_I26()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        var time = new ManualTime();
        await using var here = await TestNode.StartAsync(TestNode.Patient(database));
        var store = await PostgresLedgerStore.OpenAsync(TestNode.Patient(database), StoreFold.Next, default);
        await using var there = new Ledger(
            store, new(store.Clock), new LaneOptions { Time = time }, NullLogger<Ledger>.Instance);
        var (known, other) = (new KeyRing(here.Ledger, new byte[32]), new KeyRing(there, new byte[32]));
        await here.ProjectAsync(new ProjectCommand.OpenProject("default"));

        var (revoked, number) = await CreateAsync(here, known);
        Assert.NotNull(await other.FindAsync(revoked, default));
        await here.ProjectAsync(new ProjectCommand.RevokeKey(number));
        Assert.Null(await known.FindAsync(revoked, default));
        time.Advance(KnownWithin);
        Assert.Null(await other.FindAsync(revoked, default));

        var (old, replaced) = await CreateAsync(here, known);
        time.Advance(KnownWithin);
        Assert.NotNull(await other.FindAsync(old, default));
        var next = SecretForm.NewKey(KeyRing.DefaultProject, isTest: false);
        await here.ProjectAsync(new ProjectCommand.RotateKey(
            replaced, new(KeyRole.Service, "n"), known.MacOf(next), "…", here.Ledger.Clock.Now));
        Assert.Null(await known.FindAsync(old, default));
        time.Advance(KnownWithin);
        Assert.Null(await other.FindAsync(old, default));
        Assert.NotNull(await other.FindAsync(next, default));
    }

    private static async Task<(string Secret, ThingNumber Number)> CreateAsync(TestNode node, KeyRing keys)
    {
        var secret = SecretForm.NewKey(KeyRing.DefaultProject, isTest: false);
        var created = Assert.IsType<Reply.Done>(await node.ProjectAsync(
            new ProjectCommand.CreateKey(new(KeyRole.Service, "n"), keys.MacOf(secret), "…")));
        return (secret, created.Entry.Entry.Number);
    }
}
