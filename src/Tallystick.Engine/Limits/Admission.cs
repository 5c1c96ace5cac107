using System.Collections.Immutable;

namespace Tallystick.Engine.Limits;

/// <summary>What the limits of a caller say to a request, also as the fields of the answer's head.</summary>
public sealed record Admission(ImmutableArray<Admission.Policy> Policies)
{
    /// <summary>Of a caller without limits.</summary>
    public static readonly Admission Free = new([]);

    /// <summary>The limit that refuses the request; null where none does.</summary>
    public Policy? Refused => Policies.FirstOrDefault(policy => !policy.Level.IsTaken);

    /// <summary><c>RateLimit-Policy</c>, by draft-ietf-httpapi-ratelimit-headers; null without a limit.</summary>
    public string? PolicyField => Join(policy =>
        $"\"{policy.Name}\";q={policy.Limit};w=60{(policy.IsTokens ? ";qu=\"tokens\"" : "")}");

    /// <summary><c>RateLimit</c>, by the same draft; null without a limit.</summary>
    public string? LimitField => Join(policy =>
        $"\"{policy.Name}\";r={policy.Level.Left};t={Seconds(policy.Level.Reset)}");

    /// <summary><c>Retry-After</c>, in seconds: when the request may pass; null where it does.</summary>
    public long? RetryAfter => Policies.Where(policy => !policy.Level.IsTaken)
        .Select(policy => (long?)Seconds(policy.Level.Reset)).Max();

    private string? Join(Func<Policy, string> text) =>
        Policies.IsEmpty ? null : string.Join(", ", Policies.Select(text));

    private static long Seconds(TimeSpan time) => Math.Max(1, (long)Math.Ceiling(time.TotalSeconds));

    /// <summary>A limit as it stands.</summary>
    /// <param name="Name">Whose it is, and of what: <c>key</c>, <c>account_tokens</c>.</param>
    /// <param name="Limit">A minute.</param>
    public sealed record Policy(string Name, long Limit, bool IsTokens, RateLevel Level)
    {
        public string Text =>
            $"The limit {Name} of {Limit} {(IsTokens ? "tokens" : "requests")} a minute has been reached.";
    }
}
