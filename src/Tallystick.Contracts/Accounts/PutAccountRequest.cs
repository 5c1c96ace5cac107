using System.Text.Json;
using Tallystick.Contracts.Json;

namespace Tallystick.Contracts.Accounts;

/// <summary>Body of <c>PUT /api/v1/accounts/{account_id}</c>. What is absent stays as it is.</summary>
public sealed record PutAccountRequest
{
    /// <summary>At most 200 characters.</summary>
    public string? Name { get; init; }

    /// <summary>At most 320 characters.</summary>
    public string? Email { get; init; }

    /// <summary>An object of at most 50 members and 16 KiB.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>How far admission may go below zero; default 0.</summary>
    public Amount? OverdraftLimit { get; init; }
}
