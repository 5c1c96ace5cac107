namespace Tallystick.Server.Logging;

/// <summary>
/// Writes every event as one line, whatever it carries, without ever making its caller wait for the disk.
/// </summary>
internal sealed class LineLoggerProvider(LineWriter writer, LogFormat format, TimeProvider time) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new LineLogger(categoryName, writer, format, time);

    public void Dispose() => writer.Dispose();

    private sealed class LineLogger(string source, LineWriter writer, LogFormat format, TimeProvider time) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        /// <summary>The level is the host's filters' business.</summary>
        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            var line = new LogLine(
                time.GetUtcNow(), logLevel, eventId.Name ?? "", source, formatter(state, exception),
                state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], exception);
            writer.Write(format == LogFormat.Json ? line.ToJson() : line.ToText());
        }
    }
}
