using System.CommandLine;
using Tallystick.Gateway;

namespace Tallystick.Server;

/// <summary>How a server runs its gateway: by its command line, or the environment.</summary>
internal static class GatewaySettings
{
    private const string FileName = "calls";

    public static readonly Option<FileInfo?> CallsFile = new("--calls-file")
    {
        Description = "Where this process notes the model calls in flight, so that the next one settles what it could "
            + "not [TALLY_CALLS_FILE; the embedded store's folder has one]",
        HelpName = "FILE",
    };

    public static readonly Option<bool> AllowPrivateUpstreams = new("--allow-private-upstreams")
    {
        Description = "Let upstreams and identity providers be on this host and in its network, such as a model of "
            + "your own [TALLY_ALLOW_PRIVATE_UPSTREAMS=true]",
    };

    public static GatewayOptions Of(ParseResult parsed) => new()
    {
        SpoolPath = (parsed.GetValue(CallsFile) ?? Given.FileIn("TALLY_CALLS_FILE"))?.FullName
            ?? (Stores.PostgresOf(parsed) is null ? Path.Combine(Stores.FolderOf(parsed), FileName) : null),
        AllowsPrivateUpstreams = parsed.GetResult(AllowPrivateUpstreams) is null
            ? Given.In("TALLY_ALLOW_PRIVATE_UPSTREAMS") is "true" or "1" : parsed.GetValue(AllowPrivateUpstreams),
    };
}
