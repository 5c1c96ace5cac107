using System.Diagnostics;
using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Contracts;
using Tallystick.Contracts.Identities;
using Tallystick.Contracts.Json;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Engine;
using Tallystick.Engine.Network;

namespace Tallystick.Api.Identities;

/// <summary>
/// The issuers whose tokens open the holder's routes and the gateway. Only an admin names them: they say who is who,
/// and the server connects to them.
/// </summary>
internal static class IdentityProviderEndpoints
{
    private const string Pattern = "/api/v1/identity-providers", One = Pattern + "/{name}";

    public static readonly ApiRoute Put = ApiRoute.Put(
        Roles.Admins, One, "Take an issuer's tokens, or change by which terms", typeof(IdentityProviderRequest),
        typeof(IdentityProviderResponse), async call =>
        {
            var name = NameOf(call);
            var request = await call.ReadAsync(ContractsJson.Default.IdentityProviderRequest);
            var terms = IdentityProviderForm.Read(request, call.Service<AddressRules>());
            var origin = call.Caller().Origin(Put!, name, request, ContractsJson.Default.IdentityProviderRequest);
            var state = await ChangeAsync(call, new ProjectCommand.PutIdentityProvider(name, terms), origin);
            await AnswerAsync(call, Find(state, name)!);
        });

    public static readonly ApiRoute Get = ApiRoute.Get(
        Roles.Readers, One, "An issuer whose tokens are taken", typeof(IdentityProviderResponse), async call =>
            await AnswerAsync(call, await FindAsync(call)));

    public static readonly ApiRoute List = ApiRoute.Get(
        Roles.Readers, Pattern, "The issuers whose tokens are taken, by name", typeof(Page<IdentityProviderResponse>),
        async call =>
        {
            var project = (await call.ProjectAsync()).State;
            await call.AnswerAsync(
                new Page<IdentityProviderResponse>(
                    [
                        .. project.IdentityProviders.OrderBy(one => one.Name, StringComparer.Ordinal)
                            .Select(one => IdentityProviderForm.Write(project.Key, one)),
                    ],
                    HasMore: false, NextCursor: null),
                ContractsJson.Default.PageIdentityProviderResponse);
        });

    public static readonly ApiRoute Delete = ApiRoute.Delete(
        Roles.Admins, One, "Take an issuer's tokens no longer: at once here, within five seconds on every other node",
        typeof(IdentityProviderResponse), async call =>
        {
            var provider = await FindAsync(call);
            var origin = call.Caller().Origin(
                Delete!, provider.Name, new EmptyRequest(), ContractsJson.Default.EmptyRequest);
            await ChangeAsync(call, new ProjectCommand.RemoveIdentityProvider(provider.Name), origin);
            await AnswerAsync(call, provider);
        });

    private static async Task<ProjectState> ChangeAsync(ApiCall call, ProjectCommand command, Origin origin)
    {
        var reply = await call.Ledger.ExecuteAsync(
            new() { Chain = ChainKey.OfProject(call.Principal.Project), Project = command, Origin = origin },
            call.Cancel);
        return reply switch
        {
            Reply.Done done => (ProjectState)done.State,
            Reply.Unchanged same => (ProjectState)same.State,
            Reply.Refused refused => throw new RejectionException(refused.Rejection),
            _ => throw new UnreachableException(reply.GetType().Name),
        };
    }

    private static async ValueTask<IdentityProvider> FindAsync(ApiCall call) =>
        Find((await call.ProjectAsync()).State, NameOf(call)) ?? throw RequestException.NotFound("identity provider");

    private static IdentityProvider? Find(ProjectState project, string name) =>
        project.IdentityProviders.FirstOrDefault(one => one.Name == name);

    private static string NameOf(ApiCall call) => Fields.Name(call.PathValue("name"), "name")!;

    private static Task AnswerAsync(ApiCall call, IdentityProvider provider) => call.AnswerAsync(
        IdentityProviderForm.Write(ChainKey.OfProject(call.Principal.Project), provider),
        ContractsJson.Default.IdentityProviderResponse);
}
