using System.Text;
using Tallystick.Core.Usage;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Dialects.Usage;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>Figures that no provider should send, and some that it may.</summary>
public sealed class UsageFigureTests
{
    [Theory]
    [InlineData("""{"prompt_tokens":-1,"completion_tokens":2}""")]
    [InlineData("""{"prompt_tokens":"7","completion_tokens":2}""")]
    [InlineData("""{"prompt_tokens":1.5,"completion_tokens":2}""")]
    [InlineData("""{"prompt_tokens":9223372036854775808,"completion_tokens":2}""")]
    [InlineData("""{"prompt_tokens":1000000001,"completion_tokens":2}""")]
    [InlineData("""{"prompt_tokens":1,"prompt_tokens":2}""")]
    [InlineData("""{"prompt_tokens":true,"completion_tokens":2}""")]
    public void A_figure_that_cannot_be_is_doubted_and_not_taken(string usage)
    {
        var reading = Read(usage);
        Assert.True(reading.Doubts.HasFlag(UsageDoubts.Invalid));
        Assert.Null(Counts.Of(reading.Parts[0], Unit.Input));
    }

    [Theory]
    [InlineData("12.0")]
    [InlineData("1.2e1")]
    [InlineData("12")]
    public void A_whole_figure_is_taken_however_the_number_is_written(string figure)
    {
        var reading = Read($$"""{"prompt_tokens":{{figure}},"completion_tokens":0.0}""");
        Assert.Equal(UsageDoubts.None, reading.Doubts);
        Assert.Equal((12L, 0L), (Counts.Of(reading.Parts[0], Unit.Input), Counts.Of(reading.Parts[0], Unit.Output)));
    }

    [Fact]
    public void An_explicit_zero_is_zero_and_a_missing_figure_is_none()
    {
        var part = Read("""{"prompt_tokens":0,"completion_tokens":0}""").Parts[0];
        Assert.Equal((0L, 0L), (Counts.Of(part, Unit.Input), Counts.Of(part, Unit.Output)));
        Assert.Null(Counts.Of(Read("""{"prompt_tokens":5}""").Parts[0], Unit.Output));
    }

    [Fact]
    public void Text_that_is_no_Unicode_is_doubted_and_does_not_throw()
    {
        Assert.True(Read("""{"type":"\ud800","prompt_tokens":5}""").Doubts.HasFlag(UsageDoubts.Invalid));
        var meter = new ResponseMeter(ResponseShape.Chat, isEventStream: false);
        meter.Feed([.. "{\"model\":\""u8, 0xFF, .. "\",\"usage\":{\"prompt_tokens\":5,\"x\":\""u8, 0xFF, .. "\"}}"u8]);
        Assert.Equal(UsageDoubts.Invalid, meter.Read().Doubts);
    }

    [Fact]
    public void Of_usage_that_grows_the_last_value_of_each_member_counts()
    {
        var meter = new ResponseMeter(ResponseShape.Messages, isEventStream: true);
        meter.Feed("""
            data: {"type":"message_start","message":{"model":"m",
            data: "usage":{"input_tokens":10,"cache_read_input_tokens":4,"output_tokens":1}}}

            data: {"type":"message_delta","usage":{"output_tokens":20}}

            data: {"type":"message_delta","usage":{"output_tokens":30,"cache_creation_input_tokens":6,
            data: "cache_creation":{"ephemeral_1h_input_tokens":2}}}

            data: {"type":"message_stop"}


            """u8);
        var part = meter.Read().Parts.Single();
        Assert.Equal((20L, 30L), (Counts.Of(part, Unit.Input), Counts.Of(part, Unit.Output)));
        Assert.Equal((4L, 6L), (Counts.Of(part, Unit.CacheRead), Counts.Of(part, Unit.CacheWrite)));
        Assert.Equal(2, Counts.Of(part, Unit.CacheWriteOneHour));
        Assert.True(meter.IsComplete);
    }

    [Fact]
    public void Searches_of_a_response_are_counted_once_from_its_end()
    {
        var meter = new ResponseMeter(ResponseShape.Responses, isEventStream: true);
        meter.Feed("""
            data: {"type":"response.output_item.done","item":{"type":"web_search_call"}}

            data: {"type":"response.completed","response":{
            data: "output":[{"type":"web_search_call"},{"type":"message"},{"type":"web_search_call"}],
            data: "usage":{"input_tokens":1,"output_tokens":2}}}


            """u8);
        Assert.Equal(2, Counts.Of(meter.Read().Parts.Single(), "web_searches"));
    }

    /// <summary>genai-prices' extractor for Perplexity: what it thought and cited comes to the completion.</summary>
    [Theory]
    [InlineData(
        """
        {"prompt_tokens":1340,"completion_tokens":1505,"total_tokens":2845,"reasoning_tokens":54927,
         "citation_tokens":8476,"num_search_queries":7}
        """, 64_908, 54_927)]
    [InlineData(
        """
        {"prompt_tokens":1340,"completion_tokens":1505,"total_tokens":2845,"reasoning_tokens":900,
         "citation_tokens":8476,"num_search_queries":7}
        """, 10_881, 900)]
    public void What_a_research_thought_and_cited_is_beside_its_completion(string usage, long output, long reasoning)
    {
        var reading = Read(usage);
        Assert.Equal(UsageDoubts.None, reading.Doubts);
        var part = reading.Parts.Single();
        Assert.Equal((1_340L, output), (Counts.Of(part, Unit.Input), Counts.Of(part, Unit.Output)));
        Assert.Equal(reasoning, Counts.Of(part, Unit.Reasoning));
        Assert.True(Unit.TryFromCount("citation_tokens", out var citation));
        Assert.Equal((8_476L, 7L), (Counts.Of(part, citation), Counts.Of(part, "web_searches")));
    }

    [Fact]
    public void Reasoning_that_the_total_has_inside_the_completion_stays_there()
    {
        var part = Read("""
            {"prompt_tokens":7,"completion_tokens":30,"total_tokens":37,"reasoning_tokens":20}
            """).Parts.Single();
        Assert.Equal((30L, 20L), (Counts.Of(part, Unit.Output), Counts.Of(part, Unit.Reasoning)));
    }

    [Theory]
    [InlineData("", 4_160)]
    [InlineData(""","output_tokens_details":{"image_tokens":4000,"text_tokens":160}""", 4_000)]
    [InlineData(""","output_tokens_details":{"text_tokens":160}""", 4_000)]
    public void What_an_image_route_puts_out_are_images_unless_it_says_otherwise(string details, long images)
    {
        var meter = new ResponseMeter(ResponseShape.Images, isEventStream: false);
        meter.Feed(Encoding.UTF8.GetBytes($$"""
            {"data":[{}],"usage":{"input_tokens":50,"output_tokens":4160{{details}}} }
            """));
        var part = meter.Read().Parts.Single();
        Assert.Equal((4_160L, images), (Counts.Of(part, Unit.Output), Counts.Of(part, Unit.OutputImage)));
        Assert.Equal(1, Counts.Of(part, Unit.Images));
    }

    [Fact]
    public void Each_image_that_a_stream_completes_is_one()
    {
        var meter = new ResponseMeter(ResponseShape.Images, isEventStream: true);
        meter.Feed("""
            data: {"type":"image_generation.partial_image","b64_json":"A"}

            data: {"type":"image_generation.completed","b64_json":"A"}

            data: {"type":"image_generation.completed","b64_json":"B"}


            """u8);
        Assert.Equal(2, Counts.Of(meter.Read().Parts.Single(), Unit.Images));
    }

    [Fact]
    public void Of_what_only_the_prompt_has_nothing_was_cached()
    {
        var meter = new ResponseMeter(ResponseShape.Gemini, isEventStream: false);
        meter.Feed("""
            {"usageMetadata":{"promptTokenCount":3000,"cachedContentTokenCount":1024,"candidatesTokenCount":50,
             "promptTokensDetails":[{"modality":"TEXT","tokenCount":2000},{"modality":"AUDIO","tokenCount":1000}],
             "cacheTokensDetails":[{"modality":"TEXT","tokenCount":1024}]}}
            """u8);
        var part = meter.Read().Parts.Single();
        Assert.Equal((1_024L, 0L, null), (Cached("text"), Cached("audio"), Cached("image")));

        long? Cached(string modality) =>
            Unit.TryFromCount($"cache_read_{modality}_tokens", out var unit) ? Counts.Of(part, unit) : -1;
    }

    private static UsageReading Read(string usage)
    {
        var meter = new ResponseMeter(ResponseShape.Chat, isEventStream: false);
        meter.Feed(Encoding.UTF8.GetBytes($$"""{"usage":{{usage}}}"""));
        return meter.Read();
    }
}
