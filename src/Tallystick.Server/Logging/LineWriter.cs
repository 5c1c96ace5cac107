using System.Globalization;
using System.Threading.Channels;

namespace Tallystick.Server.Logging;

/// <summary>
/// Writes lines to a stream from one thread, as many as wait in one go. A reader that is too slow loses lines, and is
/// told how many; the ledger never waits for it. Thread-safe.
/// </summary>
internal sealed class LineWriter : IDisposable
{
    /// <summary>Lines that may wait: some seconds of a busy server's.</summary>
    private const int WaitingMax = 16_384;
    private static readonly TimeSpan FarewellMax = TimeSpan.FromSeconds(5);

    /// <summary>So long lines gather, lest a busy server wakes a thread for each of its commits.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private readonly Channel<byte[]> _waiting = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly Stream _target;
    private readonly Func<long, byte[]> _lossLine;
    private readonly Task _writing;
    private readonly TaskCompletionSource _ending = new();
    private long _lost;

    /// <param name="lossLine">What to write when so many lines had to be left out.</param>
    public LineWriter(Stream target, Func<long, byte[]> lossLine)
    {
        _target = target;
        _lossLine = lossLine;
        _writing = Task.Factory.StartNew(
            RunAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    /// <summary>To standard error: standard output is for what a person has started the server to see.</summary>
    public static LineWriter ToStandardError(LogFormat format, TimeProvider time) => new(
        Console.OpenStandardError(), lost =>
        {
            var line = new LogLine(
                time.GetUtcNow(), LogLevel.Warning, "log_lines_lost", nameof(LineWriter),
                string.Create(CultureInfo.InvariantCulture, $"{lost} lines left out: the log is not read fast enough"),
                [new("Lost", lost)], null);
            return format == LogFormat.Json ? line.ToJson() : line.ToText();
        });

    public void Write(byte[] line)
    {
        if (!_waiting.Writer.TryWrite(line)) Interlocked.Increment(ref _lost);
    }

    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        _ending.TrySetResult();
        _writing.Wait(FarewellMax);
    }

    private async Task RunAsync()
    {
        var together = new MemoryStream();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            together.SetLength(0);
            while (together.Length < 64 << 10 && _waiting.Reader.TryRead(out var line)) together.Write(line);
            if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost) together.Write(_lossLine(lost));
            try
            {
                together.WriteTo(_target);
                _target.Flush();
            }
            catch (IOException)
            {
                // Nobody reads any more; the server goes on without a log.
            }
            await Task.WhenAny(_ending.Task, Task.Delay(Gathering));
        }
    }
}
