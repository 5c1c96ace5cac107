using System.CommandLine;
using Tallystick.Engine.Identity;
using Tallystick.Core.Journal;
using Tallystick.Engine;
using Tallystick.Engine.Ports;

namespace Tallystick.Server.Commands;

/// <summary>How a command finds the chain of an account.</summary>
internal static class AccountOptions
{
    public static readonly Option<int> Project = new("--project")
    {
        Description = "The number of the project",
        HelpName = "N",
        DefaultValueFactory = _ => KeyRing.DefaultProject,
    };

    /// <summary>Null if there is no such account.</summary>
    public static ChainKey? Find(IStoreAudit audit, int project, string accountId)
    {
        foreach (var chain in AccountNumbers.Of(project, accountId))
        {
            if (audit.ReadChain(chain).FirstOrDefault() is not { Bytes: { } bytes }) return null;
            if (EntryCodec.Decode(bytes).Body is EntryBody.AccountOpened opened && opened.AccountId == accountId)
                return chain;
        }
        return null;
    }
}
