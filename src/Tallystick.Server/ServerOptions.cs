using System.CommandLine;
using System.CommandLine.Parsing;

namespace Tallystick.Server;

/// <summary>How a command finds a running server.</summary>
internal static class ServerOptions
{
    public const string KeyVariable = "TALLY_ADMIN_KEY";

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
    };

    /// <summary>Null where neither the command line nor the environment has one.</summary>
    public static string? KeyOf(ParseResult parsed) => parsed.GetValue(Key) ?? Given.In(KeyVariable);

    /// <summary>A server is asked with a key.</summary>
    public static void Check(CommandResult result)
    {
        if (result.GetValue(Url) is not null && result.GetValue(Key) is null && Given.In(KeyVariable) is null)
            result.AddError("--url needs a --key");
    }

    private static Uri? Read(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            return url;
        result.AddError("--url takes an address like http://127.0.0.1:8480");
        return null;
    }
}
