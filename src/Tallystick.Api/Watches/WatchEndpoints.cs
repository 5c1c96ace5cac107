using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Tallystick.Api.Auth;
using Tallystick.Api.Http;
using Tallystick.Api.Rendering;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Contracts.Watches;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Telemetry;

namespace Tallystick.Api.Watches;

/// <summary>Watches: what this node logs step by step. In memory, so that a restart ends them all.</summary>
internal static partial class WatchEndpoints
{
    private const int SecondsDefault = 900, SecondsMax = 86_400;

    public static readonly ApiRoute Put = ApiRoute.Put(
        Roles.Admins, "/api/v1/watches/{name}", "Log every step of an account, a key or the project for a while",
        typeof(WatchRequest), typeof(WatchResponse), async call =>
        {
            var watch = Read(call, await call.ReadAsync(ContractsJson.Default.WatchRequest, mayBeEmpty: true));
            if (!ListOf(call).Put(watch))
                throw new RequestException(422, ErrorCodes.LimitExceeded, $"At most {WatchList.CountMax} watches.");
            await call.AnswerAsync(Show(watch), ContractsJson.Default.WatchResponse);
        });

    public static readonly ApiRoute List = ApiRoute.Get(
        Roles.Admins, "/api/v1/watches", "What this node watches",
        typeof(Page<WatchResponse>), call => call.AnswerAsync(
            new([.. ListOf(call).Of(call.Principal.Project).Select(Show)], false, null),
            ContractsJson.Default.PageWatchResponse));

    public static readonly ApiRoute Delete = ApiRoute.Delete(
        Roles.Admins, "/api/v1/watches/{name}", "End a watch", typeof(WatchResponse), call => call.AnswerAsync(
            Show(ListOf(call).End(call.Principal.Project, call.PathValue("name"))
                ?? throw RequestException.NotFound("watch")),
            ContractsJson.Default.WatchResponse));

    private static Watch Read(ApiCall call, WatchRequest request)
    {
        var name = call.PathValue("name");
        if (!NameForm().IsMatch(name)) throw RequestException.Invalid("name", "1-64 of a-z 0-9 _ -");
        if (request.ExpiresIn is < 1 or > SecondsMax)
            throw RequestException.Invalid("expires_in", $"1 to {SecondsMax} seconds");
        var accountId = request.AccountId is null ? null : Fields.AccountId(request.AccountId);
        var key = default(ThingNumber);
        if (request.KeyId is { } id && !ThingId.TryParse(id, ThingId.Key, call.Principal.Project, out _, out key))
            throw RequestException.Invalid("key_id", "not the id of a key");
        var seconds = request.ExpiresIn ?? SecondsDefault;
        return new(call.Principal.Project, name, accountId, key, TimeProvider.System.GetUtcNow().AddSeconds(seconds));
    }

    private static WatchResponse Show(Watch watch) => new()
    {
        Name = watch.Name,
        AccountId = watch.AccountId,
        KeyId = watch.Key.IsNone ? null : ThingId.Format(ThingId.Key, ChainKey.OfProject(watch.Project), watch.Key),
        EndsAt = Instant.From(watch.EndsAt).ToTimestamp(),
    };

    private static WatchList ListOf(ApiCall call) => call.Service<WatchList>();

    [GeneratedRegex("^[a-z0-9_-]{1,64}$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}
