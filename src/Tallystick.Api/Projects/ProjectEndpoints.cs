using System.Diagnostics;
using System.Text.RegularExpressions;
using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Keys;
using Tallystick.Api.Pricing;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Projects;
using Tallystick.Core;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Identity;

namespace Tallystick.Api.Projects;

/// <summary>
/// The projects of a server, for admins of the first one. A project is registered in the first one's chain and then
/// opened in a chain of its own; whoever repeats a request that was cut off in between finishes it.
/// </summary>
internal static partial class ProjectEndpoints
{
    private const string Pattern = "/api/v1/projects", One = Pattern + "/{name}";

    public static readonly ApiRoute Create = ApiRoute.Create(
        Roles.Admins, Pattern, "Create a project, with an admin key that is shown this once", typeof(ProjectRequest),
        typeof(ProjectResponse), CreateAsync) with
    {
        OnlyOperator = true,
    };

    public static readonly ApiRoute Get = ApiRoute.Get(
        Roles.Admins, One, "A project", typeof(ProjectResponse), async call =>
        {
            var project = Find(await RegisterAsync(call), call.PathValue("name"));
            await call.AnswerAsync(Render(project), ContractsJson.Default.ProjectResponse);
        }) with
    {
        OnlyOperator = true,
    };

    public static readonly ApiRoute List = ApiRoute.Get(
        Roles.Admins, Pattern, "The projects of this server, oldest first", typeof(Page<ProjectResponse>),
        async call => await call.AnswerAsync(
            new Page<ProjectResponse>(
                [.. (await RegisterAsync(call)).Select(Render)], HasMore: false, NextCursor: null),
            ContractsJson.Default.PageProjectResponse)) with
    {
        OnlyOperator = true,
    };

    public static readonly ApiRoute Archive = Change(
        "archive", "Refuse everything that concerns a project; what it has stays",
        number => new ProjectCommand.ArchiveProject(number));

    public static readonly ApiRoute Reactivate = Change(
        "reactivate", "Take an archived project's keys again", number => new ProjectCommand.ReactivateProject(number));

    public static readonly ApiRoute Rotate = ApiRoute.Create(
        Roles.Admins, One + "/rotate", "A new admin key in the place of all that a project has",
        typeof(RotateProjectRequest), typeof(ProjectResponse), RotateAsync) with
    {
        OnlyOperator = true, KeyUse = KeyUse.Optional,
    };

    private static async Task CreateAsync(ApiCall call)
    {
        var request = await call.ReadAsync(ContractsJson.Default.ProjectRequest);
        if (!NameForm().IsMatch(request.Name))
            throw RequestException.Invalid("name", "1-63 of a-z 0-9 -, beginning with a letter or digit");
        var isTest = request.Mode switch
        {
            null or "live" => false,
            "test" => true,
            _ => throw RequestException.Invalid("mode", "live or test"),
        };
        var origin = call.Caller().Origin(Create, null, request, ContractsJson.Default.ProjectRequest);
        var register = new LedgerRequest
        {
            Chain = ChainKey.OfProject(ChainKey.FirstProject),
            Project = new ProjectCommand.CreateProject(request.Name, isTest), Origin = origin,
        };
        await call.ChangeAsync(Http.Change.Of(
            register, Create.Status, ContractsJson.Default.ProjectResponse,
            async done =>
            {
                var entry = done.Entry.Entry;
                var body = (EntryBody.ProjectCreated)entry.Body;
                var (id, secret, replayed) = await OpenAsync(call, body, origin);
                return Render(new(body.Number, body.Name, body.IsTest, entry.At)) with
                {
                    KeyId = id, Key = replayed ? null : secret,
                };
            }));
    }

    /// <summary>The project's own chain, and its first key there: both only once, however often they are asked
    /// for.</summary>
    private static async ValueTask<(string KeyId, string Secret, bool Replayed)> OpenAsync(
        ApiCall call, EntryBody.ProjectCreated created, Origin origin)
    {
        var chain = ChainKey.OfProject(created.Number);
        var there = origin with { Key = null, Actor = Actors.OfOperator(origin.Actor) };
        var open = new ProjectCommand.OpenProject(created.Name) { IsTest = created.IsTest };
        await call.Ledger.ExecuteAsync(new() { Chain = chain, Project = open, Origin = there }, call.Cancel);
        await DefaultPrices.EnsureAsync(call.Ledger, created.Number, call.Cancel);
        var (secret, mac, hint) = call.Service<KeyRing>().New(created.Number, created.IsTest);
        var reply = await call.Ledger.ExecuteAsync(
            new()
            {
                Chain = chain,
                Project = new ProjectCommand.CreateKey(new(KeyRole.Admin, FirstKey.Name), mac, hint),
                Origin = there with { Key = Origin.OwnKey("first key") },
            },
            call.Cancel);
        return reply is Reply.Done done
            ? (ThingId.Format(ThingId.Key, chain, done.Entry.Entry.Number), secret, done.Replayed)
            : throw new UnreachableException(reply.GetType().Name);
    }

    private static async Task RotateAsync(ApiCall call)
    {
        var request = await call.ReadAsync(ContractsJson.Default.RotateProjectRequest, mayBeEmpty: true);
        var project = Find(await RegisterAsync(call), call.PathValue("name"));
        var (secret, mac, hint) = call.Service<KeyRing>().New(project.Number, project.IsTest);
        var origin = call.Caller().Origin(
            Rotate, project.Name, request, ContractsJson.Default.RotateProjectRequest);
        var isFirst = project.Number == ChainKey.FirstProject;
        await call.ChangeAsync(Http.Change.Of(
            new()
            {
                Chain = ChainKey.OfProject(project.Number),
                Project = new ProjectCommand.RotateKey(
                    default, new(KeyRole.Admin, FirstKey.Name), mac, hint,
                    call.Ledger.Clock.Now.Plus(KeyEndpoints.Overlap(request.OverlapSeconds))),
                Origin = isFirst ? origin : origin with { Actor = Actors.OfOperator(origin.Actor) },
            },
            Rotate.Status, ContractsJson.Default.ProjectResponse,
            done => Render(project) with
            {
                KeyId = ThingId.Format(ThingId.Key, done.Entry.Entry.Chain, done.Entry.Entry.Number),
                Key = done.Replayed ? null : secret,
            }));
    }

    private static ApiRoute Change(string verb, string summary, Func<int, ProjectCommand> command)
    {
        ApiRoute? route = null;
        return route = ApiRoute.Post(
            Roles.Admins, $"{One}/{verb}", summary, typeof(EmptyRequest), typeof(ProjectResponse), async call =>
            {
                var request = await call.ReadAsync(ContractsJson.Default.EmptyRequest, mayBeEmpty: true);
                var project = Find(await RegisterAsync(call), call.PathValue("name"));
                if (project.Number == ChainKey.FirstProject)
                    throw new RequestException(409, ErrorCodes.Conflict, "The first project has the register.");
                await call.ChangeAsync(Http.Change.OfState<ProjectState, ProjectResponse>(
                    new()
                    {
                        Chain = ChainKey.OfProject(ChainKey.FirstProject), Project = command(project.Number),
                        Origin = call.Caller().Origin(
                            route!, project.Name, request, ContractsJson.Default.EmptyRequest),
                    },
                    ContractsJson.Default.ProjectResponse,
                    state => Render(state.Register.Single(one => one.Number == project.Number))));
            }) with
        {
            OnlyOperator = true,
        };
    }

    private static async ValueTask<IReadOnlyList<RegisteredProject>> RegisterAsync(ApiCall call)
    {
        var first = (await call.ProjectAsync()).State;
        return [new(ChainKey.FirstProject, first.Name, first.IsTest, first.CreatedAt), .. first.Register];
    }

    private static RegisteredProject Find(IReadOnlyList<RegisteredProject> register, string name) =>
        register.FirstOrDefault(project => project.Name == name) ?? throw RequestException.NotFound("project");

    private static ProjectResponse Render(RegisteredProject project) => new()
    {
        Name = project.Name,
        Mode = project.IsTest ? "test" : "live",
        Status = project.ArchivedAt is null ? "active" : "archived",
        CreatedAt = project.CreatedAt.ToTimestamp(),
        ArchivedAt = project.ArchivedAt?.ToTimestamp(),
    };

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,62}$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}
