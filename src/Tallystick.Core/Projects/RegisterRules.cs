using Tallystick.Core.Journal;

namespace Tallystick.Core.Projects;

/// <summary>The register of projects, in the first one's chain.</summary>
internal static class RegisterRules
{
    public static Rejection? Refused(ProjectState state, ProjectCommand.CreateProject create)
    {
        if (create.Name == state.Name || state.Register.Any(project => project.Name == create.Name))
            return new Rejection.ProjectConflict("another project has, or had, that name");
        return state.Register.Length < RegisteredProject.CountMax ? null : new Rejection.LimitExceeded("projects");
    }

    public static Rejection? Refused(ProjectState state, int number) =>
        state.Register.Any(project => project.Number == number) ? null : new Rejection.NotFound("project");

    public static bool IsArchived(ProjectState state, int number) =>
        state.Register.Any(project => project.Number == number && project.ArchivedAt is not null);

    public static EntryBody.ProjectCreated Created(ProjectState state, ProjectCommand.CreateProject create) =>
        new(ChainKey.FirstProject + 1 + state.Register.Length, create.Name, create.IsTest);

    public static ProjectState Fold(ProjectState state, JournalEntry entry, EntryBody.ProjectCreated body)
    {
        InvariantBrokenException.Require(
            body.Number == ChainKey.FirstProject + 1 + state.Register.Length, "I12",
            $"project {body.Number} is the {state.Register.Length + 1}. beside the first");
        return state with { Register = state.Register.Add(new(body.Number, body.Name, body.IsTest, entry.At)) };
    }

    public static ProjectState Fold(ProjectState state, JournalEntry entry, int number, bool isArchived) => state with
    {
        Register =
        [
            .. from project in state.Register
               select project.Number != number ? project
                   : project with { ArchivedAt = isArchived ? entry.At : null },
        ],
    };
}
