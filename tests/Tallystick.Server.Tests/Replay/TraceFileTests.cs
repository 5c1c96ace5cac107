using Tallystick.Server.Replay.Traces;
using Xunit;

namespace Tallystick.Server.Tests.Replay;

/// <summary>Both published formats are known by their content and read as they mean.</summary>
public sealed class TraceFileTests
{
    [Theory]
    [InlineData("AzureLLMInferenceTrace_code.csv", "normalised_azure_code.csv", 8_819, 18_059_974, 245_896)]
    [InlineData("mooncake_synthetic_trace.jsonl", "normalised_mooncake_synthetic.csv", 3_993, 61_194_628, 595_432)]
    public void A_published_trace_reads_as_its_normalised_form(
        string published, string normalised, int requests, long input, long output)
    {
        Assert.SkipUnless(SharedTraces.ArePresent, SharedTraces.Absent);
        var trace = TraceFile.Read(SharedTraces.Path(published));
        Assert.Equal(requests, trace.Requests.Count);
        Assert.Equal(input, trace.Requests.Sum(request => request.InputTokens));
        Assert.Equal(output, trace.Requests.Sum(request => request.OutputTokens));
        // The normalised times are rounded to a microsecond.
        Assert.Equal(TraceFile.Read(SharedTraces.Path(normalised)).Requests, trace.Requests.Select(Rounded));
    }

    [Fact]
    public void Lines_may_end_as_on_Windows_and_come_in_any_order()
    {
        var trace = Read(
            "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:17:04.0319600,3180,8\r\n"
            + "2023-11-16 18:17:03.9799600,4808,10\r\n");
        Assert.Equal(
            [new(TimeSpan.Zero, 4_808, 10, 0), new(TimeSpan.FromMilliseconds(52), 3_180, 8, 0)], trace.Requests);
    }

    [Fact]
    public void Leading_blocks_that_an_earlier_request_had_are_cached_and_no_others()
    {
        var trace = Read(
            """
            {"timestamp": 0, "input_length": 1000, "output_length": 1, "hash_ids": [7, 8]}
            {"timestamp": 5, "input_length": 2000, "output_length": 1, "hash_ids": [7, 8, 9, 10]}
            {"timestamp": 9, "input_length": 1500, "output_length": 1, "hash_ids": [11, 8, 9]}
            {"timestamp": 9, "input_length": 700, "output_length": 1, "hash_ids": [7, 8]}
            """);
        Assert.Equal([0, 1_024, 0, 700], trace.Requests.Select(request => request.CachedTokens));
    }

    [Fact]
    public void Columns_are_found_by_name_and_others_left_out()
    {
        var trace = Read(
            "TIMESTAMP,NumImages,ContextTokens,GeneratedTokens\n2024-10-15 00:00:00.000001+00:00,2,1600,9\n"
            + "2024-10-15 01:00:01+01:00,0,7,8\n");
        Assert.Equal(
            [new(TimeSpan.Zero, 1_600, 9, 0), new(TimeSpan.FromMicroseconds(999_999), 7, 8, 0)], trace.Requests);
    }

    [Theory]
    [InlineData("Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type",
        "5,ChatGPT,472,18,490,Conversation log", "45.5,GPT-4,417,0,417,API log")]
    [InlineData("Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type",
        "5,s1,0.7,ChatGPT,472,18,490,Conversation log", "45.5,s2,1.2,GPT-4,417,0,417,API log")]
    public void BurstGPT_has_seconds_and_what_had_no_response_has_failed(string head, string first, string second) =>
        Assert.Equal(
            [
                new(TimeSpan.Zero, 472, 18, 0),
                new(TimeSpan.FromMilliseconds(40_500), 417, 0, 0) { HasFailed = true },
            ],
            Read(string.Join('\n', head, first, second)).Requests);

    [Fact]
    public void A_trace_that_names_chats_has_seconds_and_blocks_of_16_tokens()
    {
        var trace = Read(
            """
            {"chat_id": 1, "timestamp": 61.114, "input_length": 40, "output_length": 3, "hash_ids": [5, 6, 7]}
            {"chat_id": 2, "timestamp": 61.2, "input_length": 70, "output_length": 0, "hash_ids": [5, 6, 8]}
            """);
        Assert.Equal(
            [new(TimeSpan.Zero, 40, 3, 0), new(TimeSpan.FromMilliseconds(86), 70, 0, 32)], trace.Requests);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a,b,c\n1,2,3", "neither")]
    [InlineData("t_ms,input_tokens,output_tokens\n0,1,2\n1,x,2", "line 3")]
    [InlineData("t_ms,input_tokens,output_tokens\n0,1", "line 2")]
    [InlineData("t_ms,input_tokens,output_tokens\n0,-1,2", "line 2")]
    [InlineData("t_ms,input_tokens,output_tokens,cached_tokens\n0,10,2,11", "line 2")]
    [InlineData("TIMESTAMP,ContextTokens,GeneratedTokens\nyesterday,1,2", "line 2")]
    [InlineData("{\"timestamp\": 0, \"input_length\": 1, \"output_length\": 1}\n{\"timestamp\": 0}", "line 2")]
    [InlineData("{\"timestamp\": 0, \"input_length\": -1, \"output_length\": 1}", "line 1")]
    [InlineData("{\"timestamp\": 0,", "line 1")]
    [InlineData("{\"timestamp\": 1e20, \"input_length\": 1, \"output_length\": 1}", "line 1")]
    [InlineData("Timestamp,Request tokens,Response tokens\n-1,1,1", "line 2")]
    public void What_is_no_trace_is_refused_by_line(string text, string said) =>
        Assert.Contains(said, Assert.Throws<TraceFormatException>(() => Read(text)).Message);

    [Fact]
    public void A_made_up_trace_is_the_same_for_the_same_seed_and_bursty()
    {
        var trace = MadeUpTrace.Make(5_000, 42);
        Assert.Equal(trace.Requests, MadeUpTrace.Make(5_000, 42).Requests);
        Assert.NotEqual(trace.Requests, MadeUpTrace.Make(5_000, 43).Requests);
        var perSecond = trace.Requests.CountBy(request => (long)request.At.TotalSeconds)
            .ToDictionary(second => second.Key, second => second.Value);
        var seconds = Enumerable.Range(0, (int)trace.Length.TotalSeconds);
        var (mean, variance) = MeanAndVariance([.. seconds.Select(second => perSecond.GetValueOrDefault(second))]);
        // Arrivals that know nothing of each other would have a variance equal to the mean.
        Assert.True(variance > 3 * mean, $"mean {mean}, variance {variance}");
        Assert.All(trace.Requests, request => Assert.True(
            request is { InputTokens: > 0, OutputTokens: > 0 } && request.CachedTokens <= request.InputTokens));
    }

    private static Trace Read(string text) => TraceFile.Read("a trace", new StringReader(text));

    private static TraceRequest Rounded(TraceRequest request) =>
        request with { At = TimeSpan.FromMicroseconds((request.At.Ticks + 5) / TimeSpan.TicksPerMicrosecond) };

    private static (double Mean, double Variance) MeanAndVariance(List<int> counts)
    {
        var mean = counts.Average();
        return (mean, counts.Average(count => (count - mean) * (count - mean)));
    }
}
