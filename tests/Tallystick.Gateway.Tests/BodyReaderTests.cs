using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tallystick.Gateway.Http;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>What the bodies of all calls together may take, however slowly they come.</summary>
public sealed class BodyReaderTests
{
    [Fact]
    public async Task What_has_come_of_a_body_counts_before_all_of_it_has()
    {
        var reader = new BodyReader(bytesInFlightMax: 100);
        var (slow, slowContext) = await OpenAsync(70);
        var first = reader.ReadAsync(slowContext);
        Assert.False(first.IsCompleted);

        var (_, otherContext) = await OpenAsync(70);
        var second = reader.ReadAsync(otherContext);
        Assert.True(second.IsCompleted);
        Assert.Equal(503, (await second).Error!.Status);

        await slow.WriteAsync(new byte[20]);
        await slow.CompleteAsync();
        using (var body = (await first).Body) Assert.Equal(90, body!.Bytes.Length);
        await ReadWholeAsync(reader, 100);
    }

    [Fact]
    public async Task What_a_client_takes_back_counts_no_longer()
    {
        var reader = new BodyReader(bytesInFlightMax: 100);
        var (gone, context) = await OpenAsync(70);
        var read = reader.ReadAsync(context);
        await gone.CompleteAsync(new IOException("gone"));
        await Assert.ThrowsAsync<IOException>(async () => await read);
        await ReadWholeAsync(reader, 100);
    }

    private static async Task ReadWholeAsync(BodyReader reader, int length)
    {
        var (writer, context) = await OpenAsync(length);
        await writer.CompleteAsync();
        using var body = (await reader.ReadAsync(context)).Body;
        Assert.Equal(length, body!.Bytes.Length);
    }

    /// <summary>A request of whose body so much has come.</summary>
    private static async Task<(PipeWriter Body, HttpContext Context)> OpenAsync(int length)
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(new byte[length]);
        var context = new DefaultHttpContext();
        context.Features.Set<IRequestBodyPipeFeature>(new Body(pipe.Reader));
        return (pipe.Writer, context);
    }

    private sealed class Body(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }
}
