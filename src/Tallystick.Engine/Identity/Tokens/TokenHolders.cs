using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Tallystick.Core;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;

namespace Tallystick.Engine.Identity.Tokens;

/// <summary>
/// Whose account a token of an identity provider speaks for. An account that is not there yet is made, once, with its
/// tier's credits in the same commit. Thread-safe.
/// </summary>
public sealed partial class TokenHolders(
    Ledger ledger, KeyRing keys, IssuerClient client, TimeProvider time, ILogger<TokenHolders> logger)
{
    /// <summary>Of each kind, some 200 bytes; more begin anew.</summary>
    private const int RememberedMax = 100_000, IssuersMax = 1_000;
    private static readonly ImmutableArray<byte> Nothing = [.. new byte[16]];
    private readonly ConcurrentDictionary<(string Issuer, string? JwksUri), IssuerKeys> _issuers = new();
    private readonly ConcurrentDictionary<(int Project, string AccountId), bool> _there = new();

    /// <summary>Nobody where it is no token, or not one that the project takes.</summary>
    /// <exception cref="IssuerUnavailableException">Its issuer's keys are not known.</exception>
    public async ValueTask<Bearer> FindAsync(ProjectState project, string secret, CancellationToken cancel)
    {
        if (TokenText.Parse(secret) is not { } token) return default;
        var meant = project.IdentityProviders.FirstOrDefault(one => TokenChecks.IsMeant(token, one.Terms));
        if (meant is not { } provider) return Refused("of no issuer and audience that is taken", null);
        var terms = provider.Terms;
        if (!terms.Algorithms.Contains(token.Algorithm)) return Refused("signed by another algorithm", provider);
        // What is over is not worth a look at its signature.
        if (!TokenChecks.IsDue(token, terms, keys.Latest(project.LastAt)))
            return Refused("over, or not begun", provider);
        var key = await KeysOf(terms).FindAsync(token.KeyId, token.Algorithm, cancel);
        if (key is null) return Refused("signed by no key of the issuer", provider);
        if (!await Signatures.VerifyAsync(token, key, terms)) return Refused("not signed by that key", provider);
        if (TokenChecks.SubjectOf(token, terms) is not { } subject)
            return Refused("without a subject, or a claim that is required", provider);
        var principal = new Principal(
            project.Key.Project, Actors.OfIssuer(provider.Number), KeyRole.Account, provider.Name)
        {
            AccountId = SubjectAccount.IdOf(terms.AccountPrefix, subject),
        };
        return new(principal, await ProvideAsync(project, terms, principal, cancel));
    }

    private Bearer Refused(string reason, IdentityProvider? provider)
    {
        LogRefused(provider?.Name, reason);
        return default;
    }

    private IssuerKeys KeysOf(IdentityTerms terms)
    {
        if (_issuers.Count >= IssuersMax) _issuers.Clear();
        return _issuers.GetOrAdd(
            (terms.Issuer, terms.JwksUri),
            _ => new(() => client.FetchKeysAsync(terms), terms.Issuer, time, logger));
    }

    /// <summary>However many come at once, one makes it and the others find it.</summary>
    private async ValueTask<Rejection?> ProvideAsync(
        ProjectState project, IdentityTerms terms, Principal principal, CancellationToken cancel)
    {
        var (number, accountId) = (project.Key.Project, principal.AccountId!);
        if (_there.ContainsKey((number, accountId))) return null;
        if (await ledger.FindAccountAsync(number, accountId, cancel) is null)
        {
            var reply = await ledger.ExecuteAsync(
                new()
                {
                    Chain = ChainKey.OfAccount(number, accountId), AccountId = accountId,
                    Account = new AccountCommand.PutAccount(accountId)
                    {
                        OnlyNew = true, Tier = terms.Tier ?? project.Settings.DefaultTier,
                    },
                    Origin = new(null, Nothing, principal.Key, Nothing),
                },
                cancel);
            if (reply is Reply.Refused refused) return refused.Rejection;
        }
        if (_there.Count >= RememberedMax) _there.Clear();
        _there[(number, accountId)] = true;
        return null;
    }

    [LoggerMessage(
        41, LogLevel.Debug, "A token was refused: {Reason}; provider {Provider}", EventName = "token_refused")]
    private partial void LogRefused(string? provider, string reason);
}
