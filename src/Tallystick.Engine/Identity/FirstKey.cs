using System.Collections.Immutable;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;

namespace Tallystick.Engine.Identity;

/// <summary>Opens the first project of a fresh store, with a key to begin with.</summary>
public static class FirstKey
{
    public const string Name = "first admin key";
    private static readonly ImmutableArray<byte> Nobody = [.. new byte[16]];

    /// <param name="given">
    /// The key that whoever starts the server wants; it is added once, and not again after it has been revoked.
    /// </param>
    /// <returns>
    /// A new admin key, to be shown: null if one was given or there is one. And whether the given one is new beside
    /// others.
    /// </returns>
    public static async Task<(string? Shown, bool IsAnother)> EnsureAsync(
        Ledger ledger, KeyRing keys, string? given, CancellationToken cancel)
    {
        if (given is not null && SecretForm.ProjectOf(given) != KeyRing.DefaultProject)
            throw new InvalidOperationException("the first admin key takes 32-128 printable ASCII characters");
        await AskAsync(ledger, new ProjectCommand.OpenProject("default"), null, cancel);
        var project = await ledger.FindProjectAsync(KeyRing.DefaultProject, cancel);
        if (given is null && project!.Keys.Length > 0) return (null, false);
        var secret = given ?? keys.New(KeyRing.DefaultProject, isTest: false).Secret;
        var (mac, hint) = (keys.MacOf(secret), SecretForm.HintOf(secret));
        // Claimed, so that of several nodes that begin at once only one adds it, and a revoked one stays revoked.
        var claim = Origin.OwnKey(given is null ? "first key" : $"first key {Convert.ToHexStringLower(mac.AsSpan())}");
        var reply = await AskAsync(
            ledger, new ProjectCommand.CreateKey(new(KeyRole.Admin, Name), mac, hint), claim, cancel);
        if (reply is not Reply.Done { Replayed: false }) return (null, false);
        return (given is null ? secret : null, given is not null && project!.Keys.Length > 0);
    }

    private static Task<Reply> AskAsync(
        Ledger ledger, ProjectCommand command, string? claim, CancellationToken cancel) => ledger.ExecuteAsync(
            new()
            {
                Chain = ChainKey.OfProject(KeyRing.DefaultProject), Project = command,
                Origin = new(claim, Nobody, default, Nobody),
            },
            cancel);
}
