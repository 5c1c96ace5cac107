using System.Security.Cryptography;
using System.Text;
using Tallystick.Core.Time;

namespace Tallystick.Server.Import;

/// <summary>What whoever moves has decided.</summary>
internal sealed record ImportOptions
{
    public static readonly IReadOnlyList<string> OpenDefault =
        ["created", "pending", "processing", "queued", "running"];

    public static readonly IReadOnlyList<string> EndedDefault =
    [
        "canceled", "cancelled", "complete", "completed", "done", "error", "failed", "finished", "refunded",
        "succeeded",
    ];

    /// <summary>The other system's tables are in this schema.</summary>
    public string Schema { get; init; } = "public";

    /// <summary>Round what has more than six decimals, half to even; else its account is refused.</summary>
    public bool Round { get; init; }

    /// <summary>Refuse accounts that have a balance below zero; else what is missing is owed.</summary>
    public bool RefuseNegative { get; init; }

    /// <summary>When the bucket that is spent first expires; null: never.</summary>
    public Instant? ExpiringUntil { get; init; }

    /// <summary>A name for whoever has none but a secret: 40 characters, the same each time.</summary>
    public Func<string, string> NameOfSecret { get; init; } = secret => Name(secret, []);

    /// <summary>What the status of a job says that has not ended, and of one that has.</summary>
    public IReadOnlyList<string> OpenStatuses { get; init; } = OpenDefault;
    public IReadOnlyList<string> EndedStatuses { get; init; } = EndedDefault;

    /// <param name="pepper">So that nobody finds the secret by trying.</param>
    public static string Name(string secret, byte[] pepper) => Convert.ToHexStringLower(
        HMACSHA256.HashData(pepper, Encoding.UTF8.GetBytes($"import {secret}"))[..20]);
}
