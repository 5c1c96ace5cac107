using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Tiers;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;

namespace Tallystick.Api.Tiers;

/// <summary>
/// The project's tiers. Putting one gives it another version from now on; periods that began keep theirs.
/// </summary>
internal static class TierEndpoints
{
    private const string Pattern = "/api/v1/tiers/{name}";

    public static readonly ApiRoute Put = ApiRoute.Put(
        Roles.Admins, Pattern, "Give a tier its terms from now on",
        typeof(TierRequest), typeof(TierResponse), async call =>
        {
            var name = Fields.Name(call.PathValue("name"), "name")!;
            var request = await call.ReadAsync(ContractsJson.Default.TierRequest);
            request = request with { Features = FreeText.Canonical(request.Features, "features") };
            await call.ChangeAsync(Change.OfState<ProjectState, TierResponse>(
                new()
                {
                    Chain = ChainKey.OfProject(call.Principal.Project),
                    Project = new ProjectCommand.PutTier(name, TierForm.Read(request)),
                    Origin = call.Caller().Origin(Put!, name, request, ContractsJson.Default.TierRequest),
                },
                ContractsJson.Default.TierResponse,
                state => TierForm.Write(state.Tiers.Latest().Single(tier => tier.Name == name))));
        });

    public static readonly ApiRoute Get = ApiRoute.Get(
        Roles.Readers, Pattern, "A tier as it is now", typeof(TierResponse), async call =>
        {
            var name = call.PathValue("name");
            var tier = (await call.TiersAsync()).Latest().FirstOrDefault(tier => tier.Name == name);
            await call.AnswerAsync(
                TierForm.Write(tier ?? throw RequestException.NotFound("tier")), ContractsJson.Default.TierResponse);
        });

    public static readonly ApiRoute List = ApiRoute.Get(
        Roles.Readers, "/api/v1/tiers", "The project's tiers as they are now", typeof(Page<TierResponse>), async call =>
            await call.AnswerAsync(
                new Page<TierResponse>(
                    [.. (await call.TiersAsync()).Latest().Select(TierForm.Write)], HasMore: false, NextCursor: null),
                ContractsJson.Default.PageTierResponse));
}
