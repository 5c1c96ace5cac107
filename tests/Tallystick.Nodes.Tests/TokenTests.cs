using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Engine.Identity;
using Tallystick.Engine.Identity.Tokens;
using Tallystick.Engine.Limits;
using Tallystick.Engine.Network;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Nodes.Tests;

/// <summary>Tokens of an identity provider, two nodes, one database.</summary>
public sealed class TokenTests(NodesFixture fixture)
{
    [Fact]
    public async Task Of_fifty_first_requests_on_two_nodes_all_see_one_account_with_one_welcome_R4()
    {
        var database = await fixture.Cluster.CreateDatabaseAsync();
        await using var issuer = await TestIssuer.StartAsync();
        using var client = new IssuerClient(new AddressRules(allowsPrivate: true));
        var nodes = await TestNode.StartPatientAsync(database, 2);
        try
        {
            await nodes[0].ProjectAsync(new ProjectCommand.OpenProject("default"));
            await nodes[0].ProjectAsync(new ProjectCommand.PutIdentityProvider("login", new(issuer.Url, "sub")
            {
                Audiences = [TestIssuer.Audience], Algorithms = ["RS256"], ClockSkew = 60,
            }));
            var bearers = nodes.Select(node => BearersOf(node, client)).ToList();
            for (var round = 0; round < 5; round++)
            {
                var subject = $"ada-{round}";
                var token = issuer.Token(subject, TimeProvider.System.GetUtcNow());
                var found = await Task.WhenAll(Enumerable.Range(0, 50).Select(
                    i => bearers[i % 2].FindAsync(new(token, null, null), default).AsTask()));
                Assert.All(found, one => Assert.Equal(subject, one.Principal?.AccountId));
                var state = (await nodes[1].StateAsync(subject))!;
                Assert.Equal(CreditAmount.FromCredits(5), state.Available);
                Assert.Equal(3, state.Sequence);
            }
        }
        finally
        {
            foreach (var node in nodes) await node.DisposeAsync();
        }
        Books.Verify(database);
    }

    private static Bearers BearersOf(TestNode node, IssuerClient client)
    {
        var keys = new KeyRing(node.Ledger, new byte[32]);
        var tokens = new TokenHolders(
            node.Ledger, keys, client, TimeProvider.System, NullLogger<TokenHolders>.Instance);
        return new(keys, new(node.Ledger), tokens, new(FailureBrake.FailuresDefault, TimeProvider.System));
    }
}
