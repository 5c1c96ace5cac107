using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Tallystick.Server.Measuring;

/// <summary>
/// Shows how far work has come by looking at it from time to time, on standard error: a bar on a terminal, else a line
/// now and then.
/// </summary>
internal sealed class ProgressView(TimeProvider time)
{
    private static readonly TimeSpan BarPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LinePause = TimeSpan.FromSeconds(10);

    /// <param name="note">What else is worth seeing while it runs.</param>
    public Task ShowAsync(string what, long total, Func<long> done, Func<string> note, Task work) =>
        Console.IsErrorRedirected ? ShowLinesAsync(what, total, done, note, work)
            : ShowBarAsync(what, total, done, note, work);

    private async Task ShowLinesAsync(string what, long total, Func<long> done, Func<string> note, Task work)
    {
        while (await Task.WhenAny(work, Task.Delay(LinePause, time)) != work)
            await Console.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{what}: {done():N0} of {total:N0}; {note()}"));
        await work;
    }

    private async Task ShowBarAsync(string what, long total, Func<long> done, Func<string> note, Task work)
    {
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) });
        await console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(),
                new PercentageColumn(), new RemainingTimeColumn(), new NoteColumn(note))
            .StartAsync(async context =>
            {
                var bar = context.AddTask(what, maxValue: Math.Max(1, total));
                do
                {
                    bar.Value = done();
                }
                while (await Task.WhenAny(work, Task.Delay(BarPause, time)) != work);
            });
        await work;
    }

    private sealed class NoteColumn(Func<string> note) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(note());
    }
}
