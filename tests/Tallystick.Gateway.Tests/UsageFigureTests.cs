using System.Text;
using Tallystick.Core.Money;
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
    public void What_answers_with_no_tokens_may_have_a_total_alone_or_units_that_are_billed()
    {
        Assert.Equal(12, Counts.Of(Read("""{"total_tokens":12}""").Parts.Single(), Unit.Input));
        Assert.Null(Counts.Of(Read("""{"completion_tokens":2,"total_tokens":12}""").Parts.Single(), Unit.Input));
        var meter = new ResponseMeter(ResponseShape.Cohere, isEventStream: false);
        meter.Feed("""{"meta":{"billed_units":{"input_tokens":10,"search_units":1}}}"""u8);
        var part = meter.Read().Parts.Single();
        Assert.Equal((10L, 1L), (Counts.Of(part, Unit.Input), Counts.Of(part, "search_units")));
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

    /// <summary>Cases of the AI SDK's own tests: xAI, Alibaba, Mistral, Perplexity, Baseten.</summary>
    [Theory]
    [InlineData(
        """
        {"prompt_tokens":4142,"completion_tokens":254,"total_tokens":8724,
         "prompt_tokens_details":{"cached_tokens":4328}}
        """, 8_470, 4_328, null, 254, null)]
    [InlineData(
        """
        {"prompt_tokens":200,"completion_tokens":75,"completion_tokens_details":{"reasoning_tokens":25},
         "prompt_tokens_details":{"cached_tokens":120,"cache_creation_input_tokens":50}}
        """, 200, 120, 50, 75, 25)]
    [InlineData(
        """{"prompt_tokens":20,"completion_tokens":2,"total_tokens":22,"prompt_token_details":{"cached_tokens":8}}""",
        20, 8, null, 2, null)]
    [InlineData("""{"prompt_tokens":20,"completion_tokens":2,"num_cached_tokens":7}""", 20, 7, null, 2, null)]
    [InlineData(
        """
        {"input_tokens":20,"output_tokens":2,
         "input_tokens_details":{"cache_read_input_tokens":6,"cache_creation_input_tokens":5}}
        """, 20, 6, 5, 2, null)]
    [InlineData(
        """
        {"prompt_tokens":951,"completion_tokens":6000,"total_tokens":6952,
         "prompt_tokens_details":{"cached_tokens":60},"completion_tokens_details":{"reasoning_tokens":6001}}
        """, 951, 60, null, 6_000, 6_000)]
    public void Those_who_follow_OpenAI_in_their_own_way_are_understood(
        string usage, int input, int cached, int? written, int output, int? reasoning)
    {
        var reading = Read(usage);
        Assert.Equal(UsageDoubts.None, reading.Doubts);
        var part = reading.Parts.Single();
        Assert.Equal(
            ((long?)input, (long?)cached, (long?)written, (long?)output, (long?)reasoning),
            (Counts.Of(part, Unit.Input), Counts.Of(part, Unit.CacheRead), Counts.Of(part, Unit.CacheWrite),
                Counts.Of(part, Unit.Output), Counts.Of(part, Unit.Reasoning)));
    }

    [Fact]
    public void Tools_that_a_provider_counts_by_name_count_so_and_not_by_the_items_of_its_answer()
    {
        var meter = new ResponseMeter(ResponseShape.Responses, isEventStream: false);
        meter.Feed("""
            {"output":[{"type":"web_search_call"},{"type":"web_search_call"}],"usage":{"input_tokens":5165,
             "output_tokens":891,"total_tokens":6056,"server_side_tool_usage_details":{"web_search_calls":1,
             "x_search_calls":3,"code_interpreter_calls":2,"mcp_calls":0}}}
            """u8);
        var part = meter.Read().Parts.Single();
        Assert.Equal(
            (1L, 3L, 2L, null),
            (Counts.Of(part, "web_searches"), Counts.Of(part, "x_searches"), Counts.Of(part, "code_interpreter_calls"),
                Counts.Of(part, "mcp_calls")));
        Assert.Distinct(part.Quantities.Select(quantity => quantity.Unit));
    }

    [Theory]
    [InlineData("serviceTier", "flex", UsageMode.Flex)]
    [InlineData("serviceTier", "PRIORITY", UsageMode.Priority)]
    [InlineData("serviceTier", "standard", UsageMode.Standard)]
    [InlineData("serviceTier", "fast", UsageMode.Priority)]
    [InlineData("trafficType", "ON_DEMAND_FLEX", UsageMode.Flex)]
    [InlineData("trafficType", "ON_DEMAND_PRIORITY", UsageMode.Priority)]
    [InlineData("trafficType", "PROVISIONED_THROUGHPUT", UsageMode.Standard)]
    public void Google_says_how_it_served_a_call(string member, string tier, UsageMode mode)
    {
        var meter = new ResponseMeter(ResponseShape.Gemini, isEventStream: false);
        meter.Feed(Encoding.UTF8.GetBytes($$$"""
            {"usageMetadata":{"promptTokenCount":6,"candidatesTokenCount":1,"{{{member}}}":"{{{tier}}}"}}
            """));
        Assert.Equal(mode, meter.Read().Parts.Single().Mode);
    }

    [Fact]
    public void An_interaction_tells_what_it_was_of()
    {
        var meter = new ResponseMeter(ResponseShape.GeminiInteractions, isEventStream: false);
        meter.Feed("""
            {"service_tier":"flex","usage":{"total_tokens":1497,"total_input_tokens":12,"total_output_tokens":1262,
             "input_tokens_by_modality":[{"modality":"text","tokens":12}],"total_thought_tokens":223,
             "output_tokens_by_modality":[{"modality":"image","tokens":1120}]}}
            """u8);
        var part = meter.Read().Parts.Single();
        Assert.Equal((12L, 1_485L, 1_120L, UsageMode.Flex), (
            Counts.Of(part, Unit.Input), Counts.Of(part, Unit.Output), Counts.Of(part, Unit.OutputImage), part.Mode));
    }

    [Fact]
    public void Where_no_iteration_says_what_was_cached_it_is_the_last_one_s()
    {
        var meter = new ResponseMeter(ResponseShape.Messages, isEventStream: false);
        meter.Feed("""
            {"usage":{"input_tokens":12,"output_tokens":70,"cache_read_input_tokens":100,
             "cache_creation_input_tokens":20,"cache_creation":{"ephemeral_1h_input_tokens":5},"iterations":[
             {"type":"message","model":"a","input_tokens":10,"output_tokens":40},
             {"type":"fallback_message","model":"b","input_tokens":12,"output_tokens":30}]}}
            """u8);
        var parts = meter.Read().Parts;
        Assert.Equal(["a", "b"], parts.Select(part => part.Model));
        Assert.Equal([10L, 132L], parts.Select(part => Counts.Of(part, Unit.Input)));
        Assert.Equal([null, 100L], parts.Select(part => Counts.Of(part, Unit.CacheRead)));
        Assert.Equal([null, 20L], parts.Select(part => Counts.Of(part, Unit.CacheWrite)));
        Assert.Equal([null, 5L], parts.Select(part => Counts.Of(part, Unit.CacheWriteOneHour)));
    }

    /// <summary>As Mistral's Voxtral has it, and its other models, which heard nothing.</summary>
    [Theory]
    [InlineData("203", "input_audio_seconds", 203)]
    [InlineData("203", "seconds", 203)]
    [InlineData("{}", "input_audio_seconds", null)]
    [InlineData("null", "seconds", null)]
    public void What_was_heard_is_counted_in_seconds_beside_the_tokens(string heard, string unit, int? seconds)
    {
        var shape = unit == "seconds" ? ResponseShape.Audio : ResponseShape.Chat;
        var meter = new ResponseMeter(shape, isEventStream: false);
        meter.Feed(Encoding.UTF8.GetBytes($$$"""
            {"usage":{"prompt_audio_seconds":{{{heard}}},"prompt_tokens":4,"completion_tokens":635,"total_tokens":3264}}
            """));
        var reading = meter.Read();
        Assert.Equal(UsageDoubts.None, reading.Doubts);
        var part = reading.Parts.Single();
        Assert.Equal((4L, 635L), (Counts.Of(part, Unit.Input), Counts.Of(part, Unit.Output)));
        Assert.True(Unit.TryFromCount(unit, out var counted));
        Assert.Equal(seconds is { } some ? ExactDecimal.From(some) : null, part[counted]);
    }

    /// <summary>An estimate goes by it, where a provider tells no usage.</summary>
    [Theory]
    [InlineData("""{"choices":[{"message":{"reasoning":"12345","content":"678"}}]}""", false)]
    [InlineData("""{"output":[{"type":"function_call","arguments":"12345678"}]}""", true)]
    public void What_a_model_thought_and_called_is_text_that_it_produced(string answer, bool isResponse)
    {
        var meter = new ResponseMeter(isResponse ? ResponseShape.Responses : ResponseShape.Chat, isEventStream: false);
        meter.Feed(Encoding.UTF8.GetBytes(answer));
        Assert.Equal(8, meter.OutputBytes);
    }

    [Fact]
    public void Video_is_a_part_of_the_prompt_where_it_is_counted()
    {
        var part = Read("""
            {"prompt_tokens":50,"completion_tokens":2,"prompt_tokens_details":{"video_tokens":40}}
            """).Parts.Single();
        Assert.True(Unit.TryFromCount("input_video_tokens", out var video));
        Assert.Equal(40, Counts.Of(part, video));
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
