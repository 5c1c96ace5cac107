namespace Tallystick.Server.Replay.Traces;

/// <summary>Reads a trace; which of the formats it has, its first line says.</summary>
internal static class TraceFile
{
    public static Trace Read(string path)
    {
        using var file = new StreamReader(path);
        return Read(Path.GetFileName(path), file);
    }

    public static Trace Read(string name, TextReader file)
    {
        var first = file.ReadLine() ?? throw new TraceFormatException($"{name} is empty.");
        try
        {
            var requests = first.StartsWith('{') ? JsonTrace.Read(first, file) : CsvTrace.Read(first, file);
            return Trace.From(name, requests);
        }
        catch (TraceFormatException fault)
        {
            throw new TraceFormatException($"{name}: {fault.Message}");
        }
    }
}
