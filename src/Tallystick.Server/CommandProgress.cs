using System.Globalization;
using Spectre.Console;
using Tallystick.Engine.Audit;

namespace Tallystick.Server;

/// <summary>
/// Shows how far long work has come, on standard error: a bar on a terminal, else a line now and then.
/// </summary>
internal static class CommandProgress
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    public static T Run<T>(string what, Func<IProgress<AuditProgress>, T> work)
    {
        if (Console.IsErrorRedirected) return work(new Lines(what, TimeProvider.System));
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress().AutoClear(true).Start(context => work(new Bar(context.AddTask(what))));
    }

    private sealed class Bar(ProgressTask task) : IProgress<AuditProgress>
    {
        public void Report(AuditProgress value)
        {
            task.MaxValue = Math.Max(1, value.Total);
            task.Value = value.Done;
        }
    }

    private sealed class Lines(string what, TimeProvider time) : IProgress<AuditProgress>
    {
        private long _last = time.GetTimestamp();

        public void Report(AuditProgress value)
        {
            if (time.GetElapsedTime(_last) < LineInterval) return;
            _last = time.GetTimestamp();
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{what}: {value.Done:N0} of {value.Total:N0} entries"));
        }
    }
}
