using System.Buffers;
using System.Text;
using Tallystick.Core.Usage;
using Tallystick.Gateway.Dialects;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>
/// Streams in every spelling that the standard allows, and what a client that did not ask for usage gets of them.
/// </summary>
public sealed class EventStreamTests(ITestOutputHelper output)
{
    private const string Chunk = """{"id":"c","choices":[{"index":0,"delta":{"content":"Hi"}}],"usage":null}""";
    private const string Last =
        """{"id":"c","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}}""";

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Lines_may_end_in_any_way(string end)
    {
        var text = $": hello\n\nevent: x\nid: 1\ndata:{Chunk}\n\nretry: 3\ndata: {Last}\n\ndata: [DONE]\n\n"
            .Replace("\n", end, StringComparison.Ordinal);
        foreach (var size in Enumerable.Range(1, 60))
        {
            var meter = Metered(text, size);
            var part = meter.Read().Parts[0];
            Assert.Equal((7L, 2L), (Counts.Of(part, Unit.Input), Counts.Of(part, Unit.Output)));
            Assert.True(meter.IsComplete);
            Assert.Equal(3, meter.Events);
            Assert.Equal(2, meter.OutputBytes);
        }
    }

    [Fact]
    public void Data_may_span_lines()
    {
        const string Text = "data: {\"usage\":\ndata: {\"prompt_tokens\":7,\ndata: \"completion_tokens\":2}}\n\n";
        var meter = Metered(Text, size: 5);
        Assert.Equal(2, Counts.Of(meter.Read().Parts[0], Unit.Output));
    }

    [Fact]
    public void A_stream_that_breaks_off_has_what_came_before()
    {
        var meter = Metered($"data: {Chunk}\n\ndata: {Last[..^30]}", size: 1_000);
        Assert.Equal(Dialects.Usage.UsageDoubts.Missing, meter.Read().Doubts);
        Assert.Equal(2, meter.OutputBytes);
        Assert.False(meter.IsComplete);
        Assert.Equal(9, Metered($"data: {Last}", size: 1_000).Read().Raw!["total_tokens"]!.GetValue<int>());
    }

    [Fact]
    public void An_event_after_a_broken_one_is_read()
    {
        var meter = Metered($"data: {{\"choices\":[{{\"x\":\"\n\ndata: {Last}\n\n", size: 11);
        Assert.Equal(7, Counts.Of(meter.Read().Parts[0], Unit.Input));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void The_event_that_only_the_gateway_asked_for_is_kept_back_and_every_other_byte_goes_through(string end)
    {
        var before = $"data: {Chunk}{end}{end}: alive{end}{end}event: message{end}data: {Chunk}{end}{end}";
        var after = $"data: [DONE]{end}{end}";
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
            Assert.Equal(before + after, Filtered($"{before}data: {Last}{end}{end}{after}", () => random.Next(1, 90)));
    }

    [Fact]
    public void A_choice_is_passed_on_before_its_event_ends()
    {
        var output = new ArrayBufferWriter<byte>();
        var filter = new UsageFilter(new(ResponseShape.Chat, isEventStream: true));
        filter.Feed("data: {\"choices\":[{\"delta\":{"u8, output);
        Assert.Equal("data: {\"choices\":[{\"delta\":{", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("""{"choices":[{"delta":{}}],"usage":{"prompt_tokens":1}}""")]
    [InlineData("""{"choices":[],"prompt_filter_results":[]}""")]
    [InlineData("""{"error":{"message":"no"}}""")]
    [InlineData("not JSON")]
    public void Other_events_are_never_kept_back(string data)
    {
        foreach (var size in (int[])[3, 1_000])
            Assert.Equal($"data: {data}\n\n", Filtered($"data: {data}\n\n", () => size));
    }

    [Fact]
    public void A_stream_cut_inside_the_last_event_gives_the_client_what_came_unless_it_is_the_kept_one()
    {
        Assert.Equal("data: {\"cho", Filtered("data: {\"cho", () => 4));
        Assert.Equal("", Filtered($"data: {Last}", () => 4));
    }

    private static ResponseMeter Metered(string text, int size)
    {
        var meter = new ResponseMeter(ResponseShape.Chat, isEventStream: true);
        foreach (var piece in Encoding.UTF8.GetBytes(text).Chunk(size)) meter.Feed(piece);
        meter.Complete();
        return meter;
    }

    private static string Filtered(string text, Func<int> size)
    {
        var output = new ArrayBufferWriter<byte>();
        var filter = new UsageFilter(new(ResponseShape.Chat, isEventStream: true));
        for (ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text); !rest.IsEmpty;)
        {
            var taken = Math.Min(rest.Length, size());
            filter.Feed(rest[..taken], output);
            rest = rest[taken..];
        }
        filter.Complete(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
