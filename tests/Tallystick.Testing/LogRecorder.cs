using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Tallystick.Testing;

/// <summary>Keeps what is logged: the event's name, its message and its fields. Thread-safe.</summary>
public sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<LoggedEvent> _events = new();

    public IReadOnlyCollection<LoggedEvent> Events => _events;

    public ILogger CreateLogger(string categoryName) => new Recording(_events);

    /// <summary>A logger of its own kind, for what takes one.</summary>
    public ILogger<T> For<T>() => new Recording<T>(_events);

    public void Dispose() { }

    private class Recording(ConcurrentQueue<LoggedEvent> events) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            var fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            events.Enqueue(new(
                eventId.Name ?? "", logLevel, formatter(state, exception),
                fields.ToDictionary(
                    field => field.Key, field => Convert.ToString(field.Value, CultureInfo.InvariantCulture) ?? "")));
        }
    }

    private sealed class Recording<T>(ConcurrentQueue<LoggedEvent> events) : Recording(events), ILogger<T>;
}
