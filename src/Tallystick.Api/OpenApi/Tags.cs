using System.Text.Json.Nodes;

namespace Tallystick.Api.OpenApi;

/// <summary>The groups of routes, in the order in which one meets them.</summary>
internal static class Tags
{
    private static readonly (string Noun, string Name, string Text)[] All =
    [
        ("accounts", "Accounts",
            "Who owns credits: a user, an organisation, a workspace. All that happens to one account is "
            + "decided in one order."),
        ("grants", "Grants",
            "Lots of credits given to an account, each with a bucket, a priority and a life of its own."),
        ("check", "Charges", ""),
        ("charges", "Charges", "Check and deduct at once, and give back: to the very grants that paid."),
        ("holds", "Holds", "Credits set aside before the work starts; captured, released or expired afterwards."),
        ("licenses", "Licenses", "Keys in the field that spend an account's credits."),
        ("credits", "Credits", "What an account's holder sees of it, with an account key, a licence key or a token."),
        ("jobs", "Jobs", "Work of many rows over one hold."),
        ("transactions", "Transactions", "The journal: what happened, in order, with its explanation."),
        ("batch", "Batch", "Up to 10,000 operations in one request."),
        ("usage", "Usage", "What was consumed."),
        ("prices", "Prices", "What usage costs, from when on."),
        ("estimate", "Prices", ""),
        ("rerate", "Prices", ""),
        ("project", "Project", "Settings of the whole project."),
        ("projects", "Projects", "Tenants: accounts, keys, prices and tiers of their own."),
        ("audit", "Audit", "Who changed what about the project, and the seals that show if anything was taken away."),
        ("seals", "Audit", ""),
        ("gateway", "Gateway",
            "Model calls in the dialects of the providers' SDKs, each held for, forwarded, metered and charged."),
        ("upstreams", "Upstreams", "The providers that the gateway calls."),
        ("identity-providers", "Identity providers",
            "Issuers of tokens (OpenID Connect) that speak for the holders of accounts."),
        ("watches", "Watches", "Log every step of an account, a key or the project for a while."),
        ("test-clock", "Test clock", "Only in a server that was started with `--test-clock`."),
    ];

    public static bool IsKnown(string noun) => Array.Exists(All, one => one.Noun == noun);

    public static string Of(string noun) =>
        IsKnown(noun) ? Array.Find(All, one => one.Noun == noun).Name
            : char.ToUpperInvariant(noun[0]) + noun[1..].Replace('-', ' ');

    /// <summary>Those that are used, in order, with their texts.</summary>
    public static JsonArray ToJson(IEnumerable<string> used)
    {
        var known = All.Where(one => one.Text.Length > 0).ToDictionary(one => one.Name, one => one.Text);
        var order = known.Keys.ToList();
        return [.. used.Distinct().OrderBy(name => order.IndexOf(name) is >= 0 and var i ? i : order.Count)
            .Select(name => new JsonObject
            {
                ["name"] = name, ["description"] = known.GetValueOrDefault(name, name + "."),
            })];
    }
}
