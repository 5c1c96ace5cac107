using System.CommandLine;
using System.CommandLine.Parsing;

namespace Tallystick.Server;

/// <summary>How a command finds a running server.</summary>
internal static class ServerOptions
{
    public static readonly Option<Uri?> Url = new("--url")
    {
        Description = "A running server, in place of a store",
        HelpName = "URL",
        CustomParser = Read,
    };

    public static readonly Option<string?> Key = new("--key")
    {
        Description = "An admin key of that server [TALLY_ADMIN_KEY]",
        HelpName = "KEY",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("TALLY_ADMIN_KEY"),
    };

    /// <summary>A server is asked with a key.</summary>
    public static void Check(CommandResult result)
    {
        if (result.GetValue(Url) is not null && result.GetValue(Key) is null) result.AddError("--url needs a --key");
    }

    private static Uri? Read(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            return url;
        result.AddError("--url takes an address like http://127.0.0.1:8480");
        return null;
    }
}
