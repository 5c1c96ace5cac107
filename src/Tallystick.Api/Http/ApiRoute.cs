using Microsoft.AspNetCore.Http;
using Tallystick.Core.Journal;

namespace Tallystick.Api.Http;

/// <summary>One route: how it is called, who may, what it takes and gives. The table of them is the API.</summary>
internal sealed record ApiRoute
{
    public required string Method { get; init; }
    public required string Pattern { get; init; }
    public required string Summary { get; init; }
    public required Func<ApiCall, Task> Run { get; init; }

    /// <summary>Roles that may call it; deny by default.</summary>
    public required IReadOnlyList<KeyRole> Roles { get; init; }
    public Type? Takes { get; init; }
    public Type? Gives { get; init; }
    public int Status { get; init; } = 200;

    public KeyUse KeyUse { get; init; }

    /// <summary>Names of the parameters that its query takes; each may be given once, and no other.</summary>
    public IReadOnlyList<string> Query { get; init; } = [];

    /// <summary>Answers with a table, too, where that is asked for.</summary>
    public bool HasCsv { get; init; }

    /// <summary>Does not exist in a server that runs on the real clock.</summary>
    public bool OnlyWithTestClock { get; init; }

    /// <summary>Bytes that a body may have.</summary>
    public int BodyMax { get; init; } = RequestBody.BytesMax;

    /// <summary>Only for admins of the first project, who run the server.</summary>
    public bool OnlyOperator { get; init; }

    public static ApiRoute Get(
        IReadOnlyList<KeyRole> roles, string pattern, string summary, Type gives, Func<ApiCall, Task> run) => new()
        {
            Method = "GET", Pattern = pattern, Summary = summary, Gives = gives, Run = run, Roles = roles,
        };

    public static ApiRoute Put(
        IReadOnlyList<KeyRole> roles, string pattern, string summary, Type takes, Type gives, Func<ApiCall, Task> run)
        => new()
        {
            Method = "PUT", Pattern = pattern, Summary = summary, Takes = takes, Gives = gives, Run = run,
            Roles = roles,
        };

    public static ApiRoute Post(
        IReadOnlyList<KeyRole> roles, string pattern, string summary, Type takes, Type gives, Func<ApiCall, Task> run)
        => Put(roles, pattern, summary, takes, gives, run) with { Method = "POST" };

    public static ApiRoute Delete(
        IReadOnlyList<KeyRole> roles, string pattern, string summary, Type gives, Func<ApiCall, Task> run) =>
        Get(roles, pattern, summary, gives, run) with { Method = "DELETE" };

    /// <summary>Creates something: 201, and a key is required so that it can be repeated.</summary>
    public static ApiRoute Create(
        IReadOnlyList<KeyRole> roles, string pattern, string summary, Type takes, Type gives, Func<ApiCall, Task> run)
        => Post(roles, pattern, summary, takes, gives, run) with { Status = 201, KeyUse = KeyUse.Required };

    /// <summary>Ends or changes something: the same call again gives the first answer, with a key or without.</summary>
    public static ApiRoute End(
        IReadOnlyList<KeyRole> roles, string pattern, string summary, Type takes, Type gives, Func<ApiCall, Task> run)
        => Post(roles, pattern, summary, takes, gives, run) with { KeyUse = KeyUse.Optional };

    /// <summary>A misspelt parameter must not be taken for an absent one.</summary>
    public void CheckQuery(IQueryCollection query)
    {
        foreach (var (name, values) in query)
        {
            if (!Query.Contains(name)) throw RequestException.Invalid(name, "unknown parameter");
            if (values.Count > 1) throw RequestException.Invalid(name, "give it once");
        }
    }
}
