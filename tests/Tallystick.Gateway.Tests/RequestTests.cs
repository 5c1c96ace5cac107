using System.Diagnostics;
using System.Text;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Dialects.Anthropic;
using Tallystick.Gateway.Dialects.Gemini;
using Tallystick.Gateway.Dialects.OpenAi;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>What is read of a request, what is refused, and what is changed in it: nothing else.</summary>
public sealed class RequestTests
{
    private static readonly Dialect Chat = new ChatDialect();
    private static readonly Dialect Completions = new CompletionsDialect();
    private static readonly Dialect Responses = new ResponsesDialect();
    private static readonly Dialect Messages = new MessagesDialect(counts: false);
    private static readonly Dialect Gemini =
        new GeminiDialect("gemini-3-pro", GeminiMethod.GenerateContent, asEvents: false);

    [Fact]
    public void A_request_tells_what_it_asks_for()
    {
        var call = Read(Chat, """
            {"model":"gpt-5","messages":[],"stream":true,"n":3,"max_tokens":10,"max_completion_tokens":40,
             "service_tier":"flex"}
            """);
        Assert.Equal(("gpt-5", true, false, 3, 10L, "flex"),
            (call.Model, call.IsStream, call.AsksForUsage, call.Choices, call.OutputTokensMax, call.ServiceTier));
        Assert.True(Read(Chat, """{"model":"m","stream":true,"stream_options":{"include_usage":true}}""").AsksForUsage);
        Assert.Equal(6, Read(Completions, """{"model":"m","prompt":["a","b"],"n":2,"best_of":3}""").Choices);
        Assert.Equal(2, Read(Completions, """{"model":"m","prompt":[1,2,3],"n":2}""").Choices);
        Assert.Equal(7, Read(Responses, """{"model":"m","input":"x","max_output_tokens":7}""").OutputTokensMax);
        Assert.Equal(9, Read(Messages, """{"model":"m","messages":[],"max_tokens":9}""").OutputTokensMax);
        var gemini = Read(Gemini, """
            {"contents":[],"generationConfig":{"maxOutputTokens":5,"candidateCount":2},"service_tier":"FLEX"}
            """);
        Assert.Equal(
            ("gemini-3-pro", 5L, 2, "FLEX"),
            (gemini.Model, gemini.OutputTokensMax, gemini.Choices, gemini.ServiceTier));
        Assert.Empty(gemini.Beyond);
        Assert.Equal("priority", Read(Gemini, """{"contents":[],"serviceTier":"priority"}""").ServiceTier);
        Assert.Equal(4, Read(new ImagesDialect(), """{"model":"m","prompt":"x","n":4}""").Images);
        Assert.Equal(2, Read(new SpeechDialect(), """{"model":"m","voice":"v","input":"é🎯"}""").Characters);
    }

    /// <summary>Members that official SDKs have gained, and that change no price.</summary>
    [Theory]
    [InlineData("moderation")]
    [InlineData("prompt_cache_options")]
    public void What_OpenAI_takes_beside_a_prompt_passes(string member)
    {
        Assert.Empty(Read(Chat, $$"""{"model":"m","messages":[],"{{member}}":[]}""").Beyond);
        Assert.Empty(Read(Responses, $$"""{"model":"m","input":"x","{{member}}":[]}""").Beyond);
    }

    [Theory]
    [InlineData("compaction")]
    [InlineData("diagnostics")]
    public void What_Anthropic_takes_beside_a_prompt_passes(string member) => Assert.Empty(
        Read(Messages, $$"""{"model":"m","messages":[],"max_tokens":9,"{{member}}":[]}""").Beyond);

    [Theory]
    [InlineData("max_tokens", "0")]
    [InlineData("max_tokens", "-1")]
    [InlineData("max_tokens", "1.5")]
    [InlineData("max_tokens", "1000000000000")]
    [InlineData("max_tokens", "9223372036854775808")]
    [InlineData("max_tokens", "\"5\"")]
    [InlineData("max_completion_tokens", "18446744073686646784")]
    [InlineData("n", "0")]
    [InlineData("n", "-1")]
    [InlineData("n", "9")]
    [InlineData("n", "18446744073686646784")]
    [InlineData("stream", "1")]
    [InlineData("stream_options", "[]")]
    [InlineData("model", "7")]
    [InlineData("model", "\"\"")]
    [InlineData("model", "\"\\ud800\"")]
    [InlineData("api_base", "\"http://127.0.0.1\"")]
    [InlineData("api_key", "\"k\"")]
    [InlineData("extra_headers", "{}")]
    [InlineData("input_cost_per_token", "0")]
    [InlineData("usage", "{}")]
    [InlineData("models", "[\"dearer\"]")]
    [InlineData("fallbacks", "[]")]
    public void What_could_not_be_settled_is_refused_by_name_G2_G11(string name, string json)
    {
        var body = name == "model" ? $$"""{"model":{{json}}}""" : $$"""{"model":"m","{{name}}":{{json}}}""";
        Assert.Equal(
            name, Assert.Throws<CallException>(() => Read(Chat, body).RequireWithin(new HashSet<string>())).Parameter);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"model\":\"a\",\"model\":\"b\"}")]
    [InlineData("{\"model\":\"a\",\"mod\\u0065l\":\"b\"}")]
    [InlineData("{\"\\ud800\":1,\"model\":\"a\"}")]
    [InlineData("{\"model\":\"a\",\"stream_options\":{\"include_usage\":false,\"include_usage\":true}}")]
    [InlineData("{}")]
    [InlineData("\uFEFF{\"model\":\"a\"}")]
    public void What_two_readers_could_read_in_two_ways_is_refused(string body) =>
        Assert.Throws<CallException>(() => Read(Chat, body));

    [Fact]
    public void A_member_that_the_project_lets_through_is_let_through()
    {
        const string Body = """{"model":"m","guided_json":{},"tools":[{"type":"image_generation"}]}""";
        var call = Read(Chat, Body);
        Assert.Throws<CallException>(() => call.RequireWithin(new HashSet<string> { "guided_json" }));
        call.RequireWithin(new HashSet<string> { "guided_json", "image_generation" });
        Assert.False(call.IsBounded);
    }

    [Theory]
    [InlineData(
        """{"model":"a","messages":[]}""",
        """{"max_tokens":5,"stream_options":{"include_usage":true},"model":"b","messages":[]}""")]
    [InlineData(
        """{ "messages" : [ 1.0e0 ] , "model":"a" }""",
        """{"max_tokens":5,"stream_options":{"include_usage":true}, "messages" : [ 1.0e0 ] , "model":"b" }""")]
    [InlineData(
        """{"model":"a","max_completion_tokens": 9 ,"stream_options":{}}""",
        """{"model":"b","max_tokens": 5 ,"stream_options":{"include_usage":true}}""")]
    [InlineData(
        """{"model":"a","max_tokens":9,"stream_options":{"include_usage":false,"x":[]}}""",
        """{"model":"b","max_tokens":5,"stream_options":{"include_usage":true,"x":[]}}""")]
    [InlineData(
        """{"model":"a","max_tokens":null,"stream_options":null}""",
        """{"model":"b","max_tokens":5,"stream_options":{"include_usage":true}}""")]
    [InlineData(
        """{"mod\u0065l":"a","stream_options":{"x":1}}""",
        """{"max_tokens":5,"mod\u0065l":"b","stream_options":{"include_usage":true,"x":1}}""")]
    public void Only_what_must_change_is_changed(string before, string after)
    {
        using var body = CallBody.Parse(Encoding.UTF8.GetBytes(before));
        var edits = Chat.Rewrite(body, new() { Model = "b", OutputTokensMax = 5, ForceUsage = true });
        Assert.Equal(after, Encoding.UTF8.GetString(edits.ToArray()));
        Assert.Equal(after.Length, edits.Length);
    }

    [Theory]
    [InlineData("max_tokens", "{ \"max_completion_tokens\" : 9 , X}", "{ \"max_tokens\" : 9 , X}")]
    [InlineData("max_tokens", "{X,\"max_completion_tokens\":9}", "{X,\"max_tokens\":9}")]
    [InlineData("max_tokens", "{\"max\\u005fcompletion_tokens\":9,X}", "{\"max_tokens\":9,X}")]
    [InlineData("max_tokens", "{X,\"max_tokens\":7,\"max_completion_tokens\":9}", "{X,\"max_tokens\":7}")]
    [InlineData("max_tokens", "{X,\"max_completion_tokens\": 5 , \"max_tokens\":7}", "{X, \"max_tokens\":5}")]
    [InlineData("max_tokens", "{\"max_completion_tokens\":5,\"max_tokens\":null,X}", "{\"max_tokens\":5,X}")]
    [InlineData("max_tokens", "{\"max_completion_tokens\":null,X}", "{\"max_completion_tokens\":null,X}")]
    [InlineData("max_completion_tokens", "{\"max_tokens\":9,X}", "{\"max_completion_tokens\":9,X}")]
    [InlineData("max_completion_tokens", "{X , \"max_completion_tokens\":9 , \"max_tokens\":8 }",
        "{X , \"max_completion_tokens\":8  }")]
    [InlineData("max_completion_tokens", "{\"max_completion_tokens\":9,X}", "{\"max_completion_tokens\":9,X}")]
    [InlineData("max_completion_tokens", "{X}", "{X}")]
    public void A_bound_goes_up_under_the_one_name_that_the_upstream_takes_G2(string field, string before, string after)
    {
        const string Rest = """ "model":"a","messages":["max_tokens"] """;
        var text = before.Replace("X", Rest, StringComparison.Ordinal);
        using var body = CallBody.Parse(Encoding.UTF8.GetBytes(text));
        var edits = Chat.Rewrite(body, new() { OutputTokensField = field });
        Assert.Equal(
            after.Replace("X", Rest, StringComparison.Ordinal), Encoding.UTF8.GetString(edits.ToArray()));
        Assert.Equal(edits.ToArray().Length, edits.Length);
    }

    [Fact]
    public void Each_dialect_has_its_own_bound()
    {
        Assert.Equal("""{"max_output_tokens":5,"model":"b"}""", Rewritten(Responses, """{"model":"a"}"""));
        Assert.Equal(
            """{"max_tokens":5,"model":"b"}""", Rewritten(Completions, """{"model":"a"}""", "max_completion_tokens"));
        Assert.Equal("""{"model":"b","max_tokens":5}""", Rewritten(Messages, """{"model":"a","max_tokens":99}"""));
        Assert.Equal(
            """{"generationConfig":{"maxOutputTokens":5},"contents":[]}""", Rewritten(Gemini, """{"contents":[]}"""));
        Assert.Equal(
            """{"generation_config":{"max_output_tokens":5}}""",
            Rewritten(Gemini, """{"generation_config":{"max_output_tokens":8}}"""));
    }

    [Fact]
    public void A_model_with_quotes_cannot_break_out_of_its_place()
    {
        using var body = CallBody.Parse("""{"model":"a"}"""u8.ToArray());
        var edited = Chat.Rewrite(body, new() { Model = "x\",\"n\":\"8" }).ToArray();
        using var again = CallBody.Parse(edited);
        Assert.Equal("x\",\"n\":\"8", again.Root.GetProperty("model").GetString());
        Assert.Single(again.Root.EnumerateObject());
    }

    [Fact]
    public void Inline_images_and_audio_are_not_counted_as_text()
    {
        Sized(Chat, InMessage("""{"type":"image_url","image_url":{"url":"data:image/png;base64,DATA"}}"""), images: 1);
        Sized(Chat, InMessage("""{"type":"input_audio","input_audio":{"data":"DATA","format":"mp3"}}"""), audio: true);
        Sized(
            Responses,
            """
            {"model":"m","input":[{"content":[
              {"type":"input_image","image_url":"data:image/png;base64,DATA"}]}]}
            """, images: 1);
        Sized(
            Messages,
            """
            {"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result","content":[
              {"type":"image","source":{"type":"base64","media_type":"image/png","data":"DATA"}}]}]}]}
            """, images: 1);
        Sized(
            Gemini,
            """
            {"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"QUJD"}},
              {"inline_data":{"mime_type":"audio/mp3","data":"DATA"}}]}]}
            """, images: 1, audio: true);
    }

    [Theory]
    [InlineData("""{"type":"text","text":"x","image_url":{"url":"data:image/png;base64,AAAA"}}""")]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:text/plain;base64,AAAA"}}""")]
    [InlineData("""{"type":"image_url","image_url":{"url":"https://example.com/data:image/AAAA"}}""")]
    public void Text_that_claims_to_be_an_image_counts_as_text_G12(string part)
    {
        var text = InMessage(part);
        Assert.Equal(text.Length, Read(Chat, text).Size.TextBytes);
    }

    [Fact]
    public void A_prompt_that_holds_more_than_its_bytes_is_not_bounded_by_them()
    {
        Assert.False(Read(Chat, InMessage("""{"type":"file","file":{"file_id":"f"}}""")).IsBounded);
        Assert.False(Read(Chat, """{"model":"m","web_search_options":{}}""").IsBounded);
        Assert.False(Read(Responses, """{"model":"m","previous_response_id":"r"}""").IsBounded);
        Assert.False(Read(Responses, """{"model":"m","tools":[{"type":"web_search"}]}""").IsBounded);
        Assert.False(ReadTools("""{"type":"web_search_20250305","name":"w"}""").IsBounded);
        Assert.False(Read(Messages, """
            {"model":"m","max_tokens":1,"messages":[{"content":[
              {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"A"}}]}]}
            """).IsBounded);
        Assert.False(Read(Responses, """{"model":"m","input":"x","context_management":[{}]}""").IsBounded);
        Assert.False(Read(Messages, """{"model":"m","messages":[],"max_tokens":9,"compaction":{}}""").IsBounded);
        Assert.False(Read(Gemini, """{"contents":[],"tools":[{"googleSearch":{}}]}""").IsBounded);
        Assert.True(Read(Gemini, """{"contents":[],"tools":[{"functionDeclarations":[]}]}""").IsBounded);
        Assert.True(ReadTools("""{"type":"bash_20250124","name":"bash"},{"name":"own"}""").IsBounded);

        static ModelCall ReadTools(string tools) =>
            Read(Messages, $$"""{"model":"m","max_tokens":1,"messages":[],"tools":[{{tools}}]}""");
    }

    [Fact]
    public void A_large_prompt_is_bounded_in_little_time_G12()
    {
        var body = Encoding.UTF8.GetBytes(InMessage($"\"{new string('a', 10_000_000)}\""));
        Read(Chat, "{\"model\":\"m\"}");
        var started = Stopwatch.GetTimestamp();
        using var parsed = CallBody.Parse(body);
        var call = Chat.Read(parsed);
        // Some 10 ms here; no tokenizer is on this path.
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 0, 500);
        Assert.InRange(call.Size.TokensMax(0), 10_000_000, 10_010_000);
    }

    [Fact]
    public void A_body_of_too_many_values_is_refused_before_it_takes_memory_G12()
    {
        var body = Encoding.UTF8.GetBytes("{\"x\":[" + string.Join(',', Enumerable.Repeat("1", 2_100_000)) + "]}");
        Assert.Throws<CallException>(() => CallBody.Parse(body));
        Assert.Throws<CallException>(() => Read(Chat, new string('[', 1_000)));
    }

    [Fact]
    public void An_upload_is_read_as_the_form_it_is_and_only_its_model_is_changed()
    {
        const string Text =
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\nContent-Type: audio/mpeg\r\n" +
            "\r\n\r\n--x\0y\r\n--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--b--\r\n";
        var dialect = new TranscriptionDialect(translates: false);
        using var body = CallBody.ParseForm(Encoding.UTF8.GetBytes(Text), "multipart/form-data; boundary=b");
        Assert.Equal(("whisper-1", 1L), (dialect.Read(body).Model, dialect.Read(body).Seconds));
        var edited = dialect.Rewrite(body, new() { Model = "other" }).ToArray();
        Assert.Equal(Text.Replace("whisper-1", "other", StringComparison.Ordinal), Encoding.UTF8.GetString(edited));
    }

    [Theory]
    [InlineData("--b\r\nHEAD; name=\"model\"\r\n\r\na\r\n--b\r\nHEAD; name=\"model\"\r\n\r\nb\r\n--b--\r\n")]
    [InlineData("--b\r\nHEAD\r\n\r\na\r\n--b--\r\n")]
    [InlineData("--b\r\nHEAD; name=\"model\"\r\n\r\na")]
    [InlineData("--b")]
    [InlineData("")]
    public void A_form_that_could_be_read_in_two_ways_is_refused(string text)
    {
        text = text.Replace("HEAD", "Content-Disposition: form-data", StringComparison.Ordinal);
        var body = Encoding.UTF8.GetBytes(text);
        Assert.Throws<CallException>(() => CallBody.ParseForm(body, "multipart/form-data; boundary=b"));
    }

    private static ModelCall Read(Dialect dialect, string text)
    {
        using var body = CallBody.Parse(Encoding.UTF8.GetBytes(text));
        return dialect.Read(body);
    }

    private static string Rewritten(Dialect dialect, string text, string field = "max_tokens")
    {
        using var body = CallBody.Parse(Encoding.UTF8.GetBytes(text));
        var change = new CallChange { Model = "b", OutputTokensMax = 5, OutputTokensField = field };
        return Encoding.UTF8.GetString(dialect.Rewrite(body, change).ToArray());
    }

    private static string InMessage(string part) =>
        """{"model":"m","messages":[{"role":"user","content":[""" + part + "]}]}";

    private static void Sized(Dialect dialect, string text, int images = 0, bool audio = false)
    {
        var call = Read(dialect, text.Replace("DATA", new string('A', 40_000), StringComparison.Ordinal));
        Assert.True(call.IsBounded);
        Assert.InRange(call.Size.TextBytes, 50, 400);
        Assert.Equal(images, call.Size.Images);
        Assert.InRange(call.Size.AudioBytes, audio ? 30_000 : 0, audio ? 30_010 : 0);
    }
}
