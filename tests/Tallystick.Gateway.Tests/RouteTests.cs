using System.Text.RegularExpressions;
using Tallystick.Contracts.Gateway;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>The table of the gateway's routes, from which its document is made, is what is mapped.</summary>
public sealed partial class RouteTests
{
    [Fact]
    public async Task What_is_mapped_is_in_the_table_and_the_other_way_round()
    {
        await using var server = await GatewayServer.StartAsync();
        var mapped = server.Endpoints.ToHashSet();
        // Google's methods also under the path that older SDKs of its call.
        Assert.True(mapped.Remove("POST /v1/models/{**call}"));
        var table = GatewayRoutes.All.Select(
            route => $"{route.Method} {ModelAndMethod().Replace(route.Pattern, "/models/{**call}")}");
        Assert.Equal(mapped.Order(StringComparer.Ordinal), table.Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(GatewayRoutes.All.Count, GatewayRoutes.All.Select(route => route.Name).Distinct().Count());
    }

    [Fact]
    public async Task Without_a_key_each_route_is_401_in_the_words_of_its_provider()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Http.DefaultRequestHeaders.Authorization = null;
        foreach (var route in GatewayRoutes.All)
        {
            var path = Name().Replace(route.Pattern, "echo");
            var said = route.Method == "GET" ? await server.GetAsync(path)
                : await server.PostAsync(path, route.Sample ?? "{}");
            Assert.True(said.Status == 401, $"{route.Pattern}: {said.Status}");
            Assert.Equal(route.Provider is null, said.Json["error"] is null);
        }
    }

    [GeneratedRegex(@"/models/\{model\}.*$")]
    private static partial Regex ModelAndMethod();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Name();
}
