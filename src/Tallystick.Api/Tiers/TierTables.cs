using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Tallystick.Api.Http;
using Tallystick.Contracts.Json;
using Tallystick.Core.Tiers;

namespace Tallystick.Api.Tiers;

/// <summary>Tiers in a file beside the server: by name, each a body of <c>PUT /api/v1/tiers/{name}</c>.</summary>
public static class TierTables
{
    /// <returns>False, with the reason, where it is no such table.</returns>
    public static bool TryRead(
        JsonElement table, [NotNullWhen(true)] out ImmutableArray<(string Name, TierTerms Terms)>? tiers,
        out string refusal)
    {
        (tiers, refusal) = (null, "an object: the tier's name → its terms");
        if (table.ValueKind != JsonValueKind.Object) return false;
        var read = ImmutableArray.CreateBuilder<(string, TierTerms)>();
        foreach (var tier in table.EnumerateObject())
        {
            try
            {
                var request = RequestBody.Parse(
                    Encoding.UTF8.GetBytes(tier.Value.GetRawText()), ContractsJson.Default.TierRequest);
                request = request with { Features = FreeText.Canonical(request.Features, "features") };
                read.Add((Fields.Name(tier.Name, "name")!, TierForm.Read(request)));
            }
            catch (RequestException wrong)
            {
                refusal = $"{tier.Name}: {wrong.Message}";
                return false;
            }
        }
        tiers = read.ToImmutable();
        return true;
    }
}
