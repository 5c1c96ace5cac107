using System.Text.Json.Nodes;
using Xunit;

namespace Tallystick.Api.Tests;

/// <summary>What the server answered, read to its end.</summary>
internal sealed record ApiReply(int Status, JsonNode? Body, HttpResponseMessage Raw)
{
    public required byte[] Bytes { get; init; }

    /// <summary>An earlier request had done it.</summary>
    public bool IsReplay =>
        Raw.Headers.TryGetValues("Idempotent-Replayed", out var values) && values.Single() == "true";


    /// <summary>A member's text.</summary>
    public string this[string member] => Body?[member]?.ToString() ?? "";

    public string Id => this["id"];

    /// <summary>The split, a leg a line.</summary>
    public IEnumerable<string> Legs => Body!["breakdown"]!.AsArray().Select(leg => $"{leg!["bucket"]} {leg["amount"]}");

    public IEnumerable<JsonNode> Data => Body!["data"]!.AsArray().Select(item => item!);

    /// <summary>This, where it is what was to be expected; otherwise the test fails and shows the answer.</summary>
    public ApiReply Must(int status)
    {
        Assert.True(Status == status, $"{status} was expected: {Status} {Body?.ToJsonString()}");
        return this;
    }

    public ApiReply MustBe(int status, string code)
    {
        Must(status);
        Assert.Equal(code, this["code"]);
        Assert.Equal("application/problem+json", Raw.Content.Headers.ContentType!.MediaType);
        Assert.Equal(32, this["trace_id"].Length);
        return this;
    }

    /// <summary>A list without anything in it.</summary>
    public void MustBeEmpty() => Assert.Equal(("[]", "false"), (Body!["data"]!.ToJsonString(), this["has_more"]));

    /// <summary>The same answer as an earlier one, byte for byte, and marked as given before.</summary>
    public void MustReplay(ApiReply first)
    {
        Assert.Equal((first.Status, first.Body?.ToJsonString()), (Status, Body?.ToJsonString()));
        Assert.Equal(first.Bytes, Bytes);
        Assert.True(IsReplay, "the answer is not marked as a replay");
    }
}
