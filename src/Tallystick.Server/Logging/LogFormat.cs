namespace Tallystick.Server.Logging;

/// <summary>How a log line is written: for people at a terminal, or one JSON object for machines.</summary>
internal enum LogFormat { Text, Json }
