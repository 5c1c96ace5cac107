using System.CommandLine;

namespace Tallystick.Server.Logging;

/// <summary>How a server logs: by its command line, or the environment.</summary>
internal sealed record LogOptions(LogFormat Format, LogLevel Level)
{
    public static readonly Option<LogFormat?> FormatOption = new("--log-format")
    {
        Description = "text or json; by default text on a terminal, else json [TALLY_LOG_FORMAT]",
    };

    public static readonly Option<LogLevel?> LevelOption = new("--log-level")
    {
        Description = "debug, information, warning or error [TALLY_LOG_LEVEL; information]",
    };

    /// <exception cref="UsageException">The environment says what is none.</exception>
    public static LogOptions Of(ParseResult parsed) => new(
        parsed.GetValue(FormatOption) ?? FromEnvironment(
            "TALLY_LOG_FORMAT", Console.IsErrorRedirected ? LogFormat.Json : LogFormat.Text),
        parsed.GetValue(LevelOption) ?? FromEnvironment("TALLY_LOG_LEVEL", LogLevel.Information));

    public void Configure(ILoggingBuilder logging)
    {
        // By a factory, so that the container ends it and the last lines are written.
        logging.Services.AddSingleton<ILoggerProvider>(_ => new LineLoggerProvider(
            LineWriter.ToStandardError(Format, TimeProvider.System), Format, TimeProvider.System));
        logging.SetMinimumLevel(Level);
        logging.AddFilter("Microsoft", Level > LogLevel.Warning ? Level : LogLevel.Warning);
        // Enabled at any level, it makes an activity of its own for each request; ours is the one that is exported.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }

    private static T FromEnvironment<T>(string name, T otherwise) where T : struct, Enum =>
        Given.In(name) is not { } text ? otherwise
        : Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value
        : throw new UsageException($"{name} takes {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}.");
}
