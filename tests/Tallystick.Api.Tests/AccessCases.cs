namespace Tallystick.Api.Tests;

/// <summary>How each route is called, with the ids of one world in every place that takes one.</summary>
internal static class AccessCases
{
    public sealed record Case(Func<World, string> Path, Func<World, string>? Body = null)
    {
        /// <summary>It names nothing that could be another's: it concerns the caller's project as a whole.</summary>
        public bool NamesNothing { get; init; }

        /// <summary>What it names is gone after the first call.</summary>
        public bool IsOnce { get; init; }
    }

    public static readonly IReadOnlyDictionary<string, Case> All = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["PUT /api/v1/accounts/{account_id}"] = new(Account(""), Of("{}")) { NamesNothing = true },
        ["GET /api/v1/accounts/{account_id}"] = new(Account("")),
        ["GET /api/v1/accounts"] = new(Of("/api/v1/accounts")) { NamesNothing = true },
        ["GET /api/v1/accounts/{account_id}/balance"] = new(Account("/balance")),
        ["POST /api/v1/accounts/{account_id}/suspend"] = new(Account("/suspend"), Of("{}")),
        ["POST /api/v1/accounts/{account_id}/reactivate"] = new(Account("/reactivate"), Of("{}")),
        ["POST /api/v1/accounts/{account_id}/erase"] = new(Account("/erase"), Of("{}")),
        ["POST /api/v1/accounts/{account_id}/close"] = new(Account("/close"), Of("{}")),
        ["POST /api/v1/check"] = new(Of("/api/v1/check"), Spend),
        ["POST /api/v1/accounts/{account_id}/grants"] = new(Account("/grants"), Of("""{"amount":"1"}""")),
        ["GET /api/v1/accounts/{account_id}/grants"] = new(Account("/grants")),
        ["GET /api/v1/grants/{id}"] = new(w => $"/api/v1/grants/{w.Grant}"),
        ["POST /api/v1/grants/{id}/void"] = new(w => $"/api/v1/grants/{w.Grant}/void", Of("{}")),
        ["POST /api/v1/charges"] = new(Of("/api/v1/charges"), Spend),
        ["GET /api/v1/charges/{id}"] = new(w => $"/api/v1/charges/{w.Charge}"),
        ["POST /api/v1/charges/{id}/refund"] = new(w => $"/api/v1/charges/{w.Charge}/refund", Of("{}")),
        ["POST /api/v1/holds"] = new(Of("/api/v1/holds"), Spend),
        ["GET /api/v1/holds"] = new(w => $"/api/v1/holds?account_id={w.AccountId}"),
        ["GET /api/v1/holds/{id}"] = new(w => $"/api/v1/holds/{w.Hold}"),
        ["POST /api/v1/holds/{id}/capture"] = new(w => $"/api/v1/holds/{w.Hold}/capture", Of("""{"amount":"1"}""")),
        ["POST /api/v1/holds/{id}/release"] = new(w => $"/api/v1/holds/{w.Hold}/release", Of("{}")),
        ["POST /api/v1/holds/{id}/extend"] =
            new(w => $"/api/v1/holds/{w.Hold}/extend", Of("""{"expires_at":"2026-01-02T00:00:00Z"}""")),
        ["POST /api/v1/jobs"] =
            new(Of("/api/v1/jobs"), w => $$"""{"account_id":"{{w.AccountId}}","rows":1}"""),
        ["GET /api/v1/jobs/{id}"] = new(w => $"/api/v1/jobs/{w.Job}"),
        ["POST /api/v1/jobs/{id}/complete"] = new(w => $"/api/v1/jobs/{w.Job}/complete", Of("{}")),
        ["POST /api/v1/jobs/{id}/fail"] = new(w => $"/api/v1/jobs/{w.Job}/fail", Of("{}")),
        ["POST /api/v1/jobs/{id}/rollback"] = new(w => $"/api/v1/jobs/{w.Job}/rollback", Of("{}")),
        ["GET /api/v1/accounts/{account_id}/transactions"] = new(Account("/transactions")),
        ["GET /api/v1/transactions/{id}"] = new(w => $"/api/v1/transactions/{w.Transaction}"),
        ["POST /api/v1/batch"] = new(Of("/api/v1/batch"), w =>
            $$"""{"operations":[{"op":"release","hold_id":"{{w.Hold}}"}]}"""),
        ["POST /api/v1/usage/events"] = new(Of("/api/v1/usage/events"), w =>
            $$$"""{"id":"e","account_id":"{{{w.AccountId}}}","usage":{"model":"m","input_tokens":1}}"""),
        ["PUT /api/v1/budgets/{id}"] = new(
            Of("/api/v1/budgets/mine"), w => $$"""{"account_id":"{{w.AccountId}}","limit":"1000"}"""),
        ["GET /api/v1/budgets/{id}"] = new(w => $"/api/v1/budgets/one?account_id={w.AccountId}"),
        ["GET /api/v1/budgets"] = new(w => $"/api/v1/budgets?account_id={w.AccountId}"),
        ["DELETE /api/v1/budgets/{id}"] =
            new(w => $"/api/v1/budgets/one?account_id={w.AccountId}") { IsOnce = true },
        ["POST /api/v1/keys"] = new(
            Of("/api/v1/keys"), w => $$"""{"role":"account","name":"a","account_id":"{{w.AccountId}}"}"""),
        ["GET /api/v1/keys"] = new(Of("/api/v1/keys")) { NamesNothing = true },
        ["GET /api/v1/keys/{id}"] = new(w => $"/api/v1/keys/{w.Key}"),
        ["POST /api/v1/keys/{id}/rotate"] = new(w => $"/api/v1/keys/{w.Key}/rotate", Of("{}")),
        ["DELETE /api/v1/keys/{id}"] = new(w => $"/api/v1/keys/{w.Key}"),
        ["POST /api/v1/projects"] =
            new(Of("/api/v1/projects"), _ => $$"""{"name":"p{{Guid.NewGuid():N}}"}""") { NamesNothing = true },
        ["GET /api/v1/projects"] = new(Of("/api/v1/projects")) { NamesNothing = true },
        ["GET /api/v1/projects/{name}"] = new(w => $"/api/v1/projects/{w.Project}"),
        ["POST /api/v1/projects/{name}/archive"] = new(w => $"/api/v1/projects/{w.Project}/archive", Of("{}")),
        ["POST /api/v1/projects/{name}/reactivate"] = new(w => $"/api/v1/projects/{w.Project}/reactivate", Of("{}")),
        ["POST /api/v1/projects/{name}/rotate"] = new(w => $"/api/v1/projects/{w.Project}/rotate", Of("{}")),
        ["POST /api/v1/licenses"] = new(
            Of("/api/v1/licenses"), w => $$"""{"account_id":"{{w.AccountId}}"}"""),
        ["GET /api/v1/licenses"] = new(w => $"/api/v1/licenses?account_id={w.AccountId}"),
        ["GET /api/v1/licenses/{id}"] = new(w => $"/api/v1/licenses/{w.License}"),
        ["PUT /api/v1/licenses/{id}"] = new(w => $"/api/v1/licenses/{w.License}", Of("""{"name":"n"}""")),
        ["POST /api/v1/licenses/{id}/deactivate"] = new(w => $"/api/v1/licenses/{w.License}/deactivate", Of("{}")),
        ["POST /api/v1/licenses/{id}/reactivate"] = new(w => $"/api/v1/licenses/{w.License}/reactivate", Of("{}")),
        ["POST /api/v1/licenses/{id}/expire"] = new(w => $"/api/v1/licenses/{w.License}/expire", Of("{}")),
        ["POST /api/v1/licenses/{id}/move"] = new(
            w => $"/api/v1/licenses/{w.License}/move", w => $$"""{"account_id":"{{w.AccountId}}"}"""),
        ["GET /api/v1/usage/summary"] = new(w => $"/api/v1/usage/summary?account_id={w.AccountId}"),
        ["GET /api/v1/usage/by-model"] = new(w => $"/api/v1/usage/by-model?account_id={w.AccountId}"),
        ["GET /api/v1/usage/by-service"] = new(w => $"/api/v1/usage/by-service?account_id={w.AccountId}"),
        ["GET /api/v1/usage/daily"] = new(w => $"/api/v1/usage/daily?account_id={w.AccountId}"),
        ["GET /api/v1/usage/balances"] = new(w => $"/api/v1/usage/balances?account_id={w.AccountId}"),
        ["GET /api/v1/usage/by-key"] = new(w => $"/api/v1/usage/by-key?key=team&account_id={w.AccountId}"),
        ["GET /api/v1/audit"] = new(Of("/api/v1/audit")) { NamesNothing = true },
        ["GET /api/v1/seals"] = new(Of("/api/v1/seals")) { NamesNothing = true },
        ["GET /api/v1/credits/balance"] = new(w => $"/api/v1/credits/balance?account_id={w.AccountId}"),
        ["GET /api/v1/credits/usage/summary"] = new(w => $"/api/v1/credits/usage/summary?account_id={w.AccountId}"),
        ["GET /api/v1/credits/usage/by-model"] = new(w => $"/api/v1/credits/usage/by-model?account_id={w.AccountId}"),
        ["GET /api/v1/credits/usage/by-service"] =
            new(w => $"/api/v1/credits/usage/by-service?account_id={w.AccountId}"),
        ["GET /api/v1/credits/usage/daily"] = new(w => $"/api/v1/credits/usage/daily?account_id={w.AccountId}"),
        ["GET /api/v1/credits/transactions"] = new(w => $"/api/v1/credits/transactions?account_id={w.AccountId}"),
        ["GET /api/v1/credits/tiers/compare"] = new(w => $"/api/v1/credits/tiers/compare?account_id={w.AccountId}"),
        ["PUT /api/v1/upstreams/{name}"] =
            new(Of("/api/v1/upstreams/openai"), Of("{}")) { NamesNothing = true },
        ["GET /api/v1/upstreams/{name}"] = new(Of("/api/v1/upstreams/openai")) { NamesNothing = true },
        ["GET /api/v1/upstreams"] = new(Of("/api/v1/upstreams")) { NamesNothing = true },
        ["PUT /api/v1/identity-providers/{name}"] =
            new(Of("/api/v1/identity-providers/one"), Of(Provider)) { NamesNothing = true },
        ["GET /api/v1/identity-providers/{name}"] =
            new(Of("/api/v1/identity-providers/one")) { NamesNothing = true },
        ["GET /api/v1/identity-providers"] = new(Of("/api/v1/identity-providers")) { NamesNothing = true },
        ["DELETE /api/v1/identity-providers/{name}"] =
            new(Of("/api/v1/identity-providers/one")) { NamesNothing = true },
        ["PUT /api/v1/tiers/{name}"] = new(Of("/api/v1/tiers/mine"), Of("{}")) { NamesNothing = true },
        ["GET /api/v1/tiers/{name}"] = new(Of("/api/v1/tiers/trial")) { NamesNothing = true },
        ["GET /api/v1/tiers"] = new(Of("/api/v1/tiers")) { NamesNothing = true },
        ["PUT /api/v1/prices"] = new(Of("/api/v1/prices"), Of(Price)) { NamesNothing = true },
        ["POST /api/v1/prices/import"] =
            new(Of("/api/v1/prices/import?format=litellm&dry_run=true"), Of("{}")) { NamesNothing = true },
        ["POST /api/v1/rerate"] = new(Of("/api/v1/rerate"), Of(Period)) { NamesNothing = true },
        ["GET /api/v1/prices"] = new(Of("/api/v1/prices?model=m")) { NamesNothing = true },
        ["GET /api/v1/prices/{id}"] = new(w => $"/api/v1/prices/{w.Price}"),
        ["POST /api/v1/estimate"] =
            new(Of("/api/v1/estimate"), Of("""{"usage":{"model":"m","input_tokens":1}}""")) { NamesNothing = true },
        ["GET /api/v1/project"] = new(Of("/api/v1/project")) { NamesNothing = true },
        ["PATCH /api/v1/project"] =
            new(Of("/api/v1/project"), Of("""{"credits_per_usd":"1"}""")) { NamesNothing = true },
        ["GET /api/v1/test-clock"] = new(Of("/api/v1/test-clock")) { NamesNothing = true },
        ["POST /api/v1/test-clock/advance"] =
            new(Of("/api/v1/test-clock/advance"), Of("""{"to":"2026-01-01T00:00:00Z"}""")) { NamesNothing = true },
        ["PUT /api/v1/watches/{name}"] =
            new(Of("/api/v1/watches/one"), w => $$"""{"account_id":"{{w.AccountId}}"}""") { NamesNothing = true },
        ["GET /api/v1/watches"] = new(Of("/api/v1/watches")) { NamesNothing = true },
        ["DELETE /api/v1/watches/{name}"] = new(Of("/api/v1/watches/one")) { NamesNothing = true },
    };

    public const string Provider = """{"issuer":"https://login.example","audiences":["a"]}""";
    public const string Period =
        """{"from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z","dry_run":true}""";
    public const string Price = """{"prices":[{"model":"m","rates":{"input":"1"}}]}""";

    private static Func<World, string> Of(string text) => _ => text;
    private static Func<World, string> Account(string rest) => w => $"/api/v1/accounts/{w.AccountId}{rest}";
    private static string Spend(World w) => $$"""{"account_id":"{{w.AccountId}}","amount":"1"}""";
}
