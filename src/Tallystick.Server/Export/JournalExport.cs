using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tallystick.Core.Journal;
using Tallystick.Engine.Audit;
using Tallystick.Engine.Ports;

namespace Tallystick.Server.Export;

/// <summary>Writes a snapshot as one JSON object a line (docs/export-format.md), streaming.</summary>
internal sealed class JournalExport(IStoreAudit audit)
{
    public const string SealLineStart = "{\"type\":\"seal\"";
    private const int Version = 1;
    private const int ReportEvery = 4_096;
    private const int FlushBytes = 64 << 10;

    // Not for a web page: quotes and signs stay readable.
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _lines = new(FlushBytes * 2);

    /// <summary>Only the entries of this chain, and no seals.</summary>
    public ChainKey? Only { get; init; }

    public ExportCounts Write(Stream target, IProgress<AuditProgress> progress)
    {
        var (entries, total) = (0L, Only is null ? audit.CountEntries() : 0);
        var chains = new HashSet<ChainKey>();
        WriteLine(WriteHeader);
        foreach (var row in Only is { } chain ? audit.ReadChain(chain) : audit.ReadJournal(ChainRange.All))
        {
            chains.Add(row.Chain);
            WriteLine(json => WriteEntry(json, row));
            if (++entries % ReportEvery == 0) progress.Report(new(entries, Math.Max(entries, total)));
            if (_lines.WrittenCount >= FlushBytes) Flush(target);
        }
        var seals = Only is null ? WriteSeals(target) : 0;
        var counts = new ExportCounts(entries, chains.Count, seals);
        WriteLine(json => WriteTrailer(json, counts));
        Flush(target);
        return counts;
    }

    private long WriteSeals(Stream target)
    {
        var seals = 0L;
        foreach (var seal in audit.ReadSeals())
        {
            foreach (var head in seal.Heads)
            {
                WriteLine(json => WriteHead(json, seal, head));
                if (_lines.WrittenCount >= FlushBytes) Flush(target);
            }
            WriteLine(json => WriteSeal(json, seal));
            seals++;
        }
        return seals;
    }

    private void WriteHeader(Utf8JsonWriter json)
    {
        json.WriteString("type", "header");
        json.WriteString("format", "tallystick-export");
        json.WriteNumber("version", Version);
        if (Only is { } chain) json.WriteString("only_chain", Number(chain));
    }

    private static void WriteEntry(Utf8JsonWriter json, in RawEntry row)
    {
        json.WriteString("type", "entry");
        json.WriteNumber("project", row.Chain.Project);
        json.WriteString("chain", Number(row.Chain));
        json.WriteNumber("sequence", row.Sequence);
        json.WriteString("bytes", Convert.ToHexStringLower(row.Bytes));
        json.WriteString("hash", Convert.ToHexStringLower(row.Hash));
        if (row.Text is { } text)
        {
            json.WriteStartObject("text");
            json.WriteString("salt", Convert.ToHexStringLower(text.Salt.AsSpan()));
            json.WriteString("content", Convert.ToHexStringLower(text.Content.AsSpan()));
            json.WriteEndObject();
        }
        if (EntryForPeople.Render(row) is { } said)
        {
            json.WritePropertyName("entry");
            json.WriteRawValue(said, skipInputValidation: true);
        }
    }

    private static void WriteHead(Utf8JsonWriter json, Seal seal, SealedHead head)
    {
        json.WriteString("type", "head");
        json.WriteNumber("project", seal.Project);
        json.WriteNumber("seal", seal.Number);
        json.WriteString("chain", Number(head.Key));
        json.WriteNumber("sequence", head.Sequence);
        json.WriteString("hash", Convert.ToHexStringLower(head.Hash.Span));
    }

    private static void WriteSeal(Utf8JsonWriter json, Seal seal)
    {
        json.WriteString("type", "seal");
        json.WriteNumber("project", seal.Project);
        json.WriteNumber("number", seal.Number);
        json.WriteNumber("at", seal.At.Micros);
        json.WriteNumber("heads", seal.Heads.Count);
        json.WriteString("root", Convert.ToHexStringLower(seal.Root));
        json.WriteString("hash", Convert.ToHexStringLower(seal.Hash));
    }

    private static void WriteTrailer(Utf8JsonWriter json, ExportCounts counts)
    {
        json.WriteString("type", "trailer");
        json.WriteNumber("entries", counts.Entries);
        json.WriteNumber("chains", counts.Chains);
        json.WriteNumber("seals", counts.Seals);
    }

    private void WriteLine(Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(_lines, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        _lines.Write("\n"u8);
    }

    private void Flush(Stream target)
    {
        target.Write(_lines.WrittenSpan);
        _lines.ResetWrittenCount();
    }

    // Sixty bits are more than a JSON number is safe for.
    private static string Number(ChainKey chain) => chain.Number.ToString(CultureInfo.InvariantCulture);
}
