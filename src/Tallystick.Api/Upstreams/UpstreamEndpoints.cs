using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Upstreams;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Engine;

namespace Tallystick.Api.Upstreams;

/// <summary>
/// The providers that the project's gateway calls. Only an admin names them: the server connects to them.
/// </summary>
internal static class UpstreamEndpoints
{
    private const string Pattern = "/api/v1/upstreams/{name}";

    public static readonly ApiRoute Put = ApiRoute.Put(
        Roles.Admins, Pattern, "Add a provider that the gateway calls, or replace it", typeof(UpstreamRequest),
        typeof(UpstreamResponse), PutAsync);

    public static readonly ApiRoute Get = ApiRoute.Get(
        Roles.Readers, Pattern, "A provider that the gateway calls", typeof(UpstreamResponse), async call =>
        {
            var name = call.PathValue("name");
            var upstreams = await UpstreamsAsync(call);
            var upstream = upstreams.FirstOrDefault(one => one.Name == name);
            await AnswerAsync(call, upstream ?? throw RequestException.NotFound("upstream"));
        });

    public static readonly ApiRoute List = ApiRoute.Get(
        Roles.Readers, "/api/v1/upstreams",
        "The providers that the gateway calls", typeof(Page<UpstreamResponse>), async call =>
        {
            var upstreams = (await UpstreamsAsync(call)).OrderBy(one => one.Name, StringComparer.Ordinal);
            await call.AnswerAsync(
                new Page<UpstreamResponse>([.. upstreams.Select(Render)], HasMore: false, NextCursor: null),
                ContractsJson.Default.PageUpstreamResponse);
        });

    private static async Task PutAsync(ApiCall call)
    {
        var name = UpstreamForm.Name(call.PathValue("name"));
        var request = UpstreamForm.Complete(
            name, await call.ReadAsync(ContractsJson.Default.UpstreamRequest, mayBeEmpty: true));
        var options = Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(
            request with { Key = null }, ContractsJson.Default.UpstreamRequest));
        var box = call.Service<SecretBox>();
        var chain = ChainKey.OfProject(call.Principal.Project);
        var place = Upstream.PlaceOfKey(chain.Project, name);
        var reply = await call.Ledger.ExecuteAsync(
            new()
            {
                Chain = chain,
                Project = request.Key is { } key
                    ? new ProjectCommand.PutUpstream(name, options, box.Seal(key, place), UpstreamForm.HintOf(key))
                    : new ProjectCommand.PutUpstream(name, options, SealedKey: null, KeyHint: null),
                // The key takes no part in what the request means: it is not to be found by trying.
                Origin = call.Caller().Origin(
                    Put, name, request with { Key = null }, ContractsJson.Default.UpstreamRequest),
            },
            call.Cancel);
        var state = reply switch
        {
            Reply.Done done => (ProjectState)done.State,
            Reply.Unchanged same => (ProjectState)same.State,
            Reply.Refused =>
                throw RequestException.LimitExceeded($"A project has at most {Upstream.CountMax} upstreams."),
            _ => throw new UnreachableException(reply.GetType().Name),
        };
        await AnswerAsync(call, state.Upstreams.Single(upstream => upstream.Name == name));
    }

    private static async ValueTask<IReadOnlyList<Upstream>> UpstreamsAsync(ApiCall call) =>
        (await call.Ledger.FindProjectAsync(call.Principal.Project, call.Cancel))?.Upstreams ?? [];

    private static Task AnswerAsync(ApiCall call, Upstream upstream) =>
        call.AnswerAsync(Render(upstream), ContractsJson.Default.UpstreamResponse);

    private static UpstreamResponse Render(Upstream upstream)
    {
        var options = JsonSerializer.Deserialize(upstream.Options, ContractsJson.Default.UpstreamRequest)!;
        return new()
        {
            Name = upstream.Name,
            Kind = options.Kind!,
            BaseUrl = options.BaseUrl,
            Provider = options.Provider!,
            KeyHint = upstream.KeyHint,
            Enabled = options.Enabled!.Value,
            Models = options.Models!,
            Forward = options.Forward!,
            WhenShort = options.WhenShort!,
            OutputBound = options.OutputBound!,
            MaxTokensField = options.MaxTokensField!,
            AsksForUsage = options.AsksForUsage ?? true,
            Attempts = options.Attempts!.Value,
            Timeouts = options.Timeouts!,
            ChangedAt = upstream.ChangedAt.ToTimestamp(),
        };
    }
}
