using Tallystick.Core.Journal;

namespace Tallystick.Api.Auth;

/// <summary>Who may call a route. Each names one of these; what is not named may not.</summary>
internal static class Roles
{
    /// <summary>Who runs the project: keys, settings, what the server connects to.</summary>
    public static readonly IReadOnlyList<KeyRole> Admins = [KeyRole.Admin];

    /// <summary>What changes accounts and credits.</summary>
    public static readonly IReadOnlyList<KeyRole> BackEnds = [KeyRole.Admin, KeyRole.Service];

    /// <summary>What only looks.</summary>
    public static readonly IReadOnlyList<KeyRole> Readers = [KeyRole.Admin, KeyRole.Service, KeyRole.Read];

    /// <summary>What records usage.</summary>
    public static readonly IReadOnlyList<KeyRole> Meters = [KeyRole.Admin, KeyRole.Service, KeyRole.Ingest];

    /// <summary>The holder of one account, whatever shows that it is: its key, a licence, a token.</summary>
    public static readonly IReadOnlyList<KeyRole> Holder = [KeyRole.Account];
}
