using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Xunit;

namespace Tallystick.Core.Tests;

/// <summary>The register of projects, which is part of the first one.</summary>
public sealed class RegisterTests
{
    private static readonly ChainKey Chain = ChainKey.OfProject(ChainKey.FirstProject);
    private ProjectState? _state;

    public RegisterTests() => Do(new ProjectCommand.OpenProject("default"));

    [Fact]
    public void Numbers_are_given_in_order_and_names_once()
    {
        Do(new ProjectCommand.CreateProject("a", IsTest: false));
        Do(new ProjectCommand.CreateProject("b", IsTest: true));
        Assert.Equal([(2, "a", false), (3, "b", true)], _state!.Register.Select(p => (p.Number, p.Name, p.IsTest)));
        Assert.IsType<Rejection.ProjectConflict>(Refused(new ProjectCommand.CreateProject("a", IsTest: true)));
        Assert.IsType<Rejection.ProjectConflict>(Refused(new ProjectCommand.CreateProject("default", IsTest: true)));
    }

    [Fact]
    public void An_archived_project_keeps_its_name_and_can_be_reactivated()
    {
        Do(new ProjectCommand.CreateProject("a", IsTest: false));
        Do(new ProjectCommand.ArchiveProject(2));
        Assert.NotNull(_state!.Register[0].ArchivedAt);
        Assert.IsType<Decision.Unchanged>(Decide(new ProjectCommand.ArchiveProject(2)));
        Assert.IsType<Rejection.ProjectConflict>(Refused(new ProjectCommand.CreateProject("a", IsTest: false)));
        Do(new ProjectCommand.ReactivateProject(2));
        Assert.Null(_state!.Register[0].ArchivedAt);
        Assert.IsType<Decision.Unchanged>(Decide(new ProjectCommand.ReactivateProject(2)));
    }

    [Fact]
    public void What_is_not_registered_is_not_found()
    {
        Assert.IsType<Rejection.NotFound>(Refused(new ProjectCommand.ArchiveProject(2)));
        Assert.IsType<Rejection.NotFound>(Refused(new ProjectCommand.ReactivateProject(2)));
        Assert.IsType<Rejection.NotFound>(Refused(new ProjectCommand.ArchiveProject(ChainKey.FirstProject)));
    }

    [Fact]
    public void There_are_no_more_than_a_state_can_carry()
    {
        for (var i = 0; i < RegisteredProject.CountMax; i++) Do(new ProjectCommand.CreateProject($"p{i}", false));
        Assert.IsType<Rejection.LimitExceeded>(Refused(new ProjectCommand.CreateProject("one-more", false)));
        Assert.Equal(_state!.Encode(), AccountStateCodec.Decode(_state.Encode()).Encode());
    }

    [Fact]
    public void Rotating_all_admin_keys_leaves_the_other_roles_alone()
    {
        Do(new ProjectCommand.CreateKey(new(KeyRole.Admin, "a"), [1], "…"));
        Do(new ProjectCommand.CreateKey(new(KeyRole.Service, "s"), [2], "…"));
        Do(new ProjectCommand.RotateKey(default, new(KeyRole.Admin, "b"), [3], "…", new(50)));
        Assert.Equal(
            [("a", 50L), ("s", null), ("b", null)],
            _state!.Keys.Select(key => (key.Terms.Name, key.Terms.ExpiresAt?.Micros)));
    }

    private void Do(ProjectCommand command)
    {
        var accepted = Assert.IsType<Decision.Accepted>(Decide(command));
        foreach (var entry in accepted.Entries)
            Assert.Equal(entry.Bytes, EntryCodec.Encode(EntryCodec.Decode(entry.Bytes)));
        _state = (ProjectState)accepted.State;
    }

    private Rejection Refused(ProjectCommand command) =>
        Assert.IsType<Decision.Refused>(Decide(command)).Rejection;

    private Decision Decide(ProjectCommand command) => ProjectRules.Decide(
        Chain, _state, command, new Envelope(new Instant(1), UtcCalendar.Terms(ProjectSettings.Default)));
}
