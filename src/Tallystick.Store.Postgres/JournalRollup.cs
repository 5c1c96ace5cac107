using Npgsql;
using Tallystick.Core.Journal;
using Tallystick.Core.Reports;

namespace Tallystick.Store.Postgres;

/// <summary>Adds up entries as they are read; what refunds and corrections are of is looked up at the end.</summary>
internal sealed class JournalRollup
{
    private const string Sql = """
        SELECT j.sequence, j.bytes FROM tallystick.journal j
        WHERE j.project = $1 AND j.number = $2 AND j.sequence = ANY ($3)
        """;

    private readonly List<JournalEntry> _later = [];

    public Rollup Sum { get; } = new();

    public void Add(byte[] bytes)
    {
        var entry = EntryCodec.Decode(bytes);
        if (entry.Body.OfCharge.IsNone) Sum.Add(entry, static _ => Subject.None);
        else _later.Add(entry);
    }

    /// <summary>An entry never changes, so another snapshot does as well.</summary>
    public async Task AddLaterAsync(NpgsqlConnection connection, ChainKey chain)
    {
        if (_later.Count == 0) return;
        var asked = _later.Select(entry => entry.Body.OfCharge.Sequence).Distinct().ToArray();
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters =
            {
                new() { Value = chain.Project }, new() { Value = chain.Number }, new() { Value = asked },
            },
        };
        var subjects = new Dictionary<long, Subject>();
        await using (var rows = await command.ExecuteReaderAsync())
            while (await rows.ReadAsync())
                subjects.Add(rows.GetInt64(0), Subject.Of(EntryCodec.Decode(rows.GetFieldValue<byte[]>(1))));
        foreach (var entry in _later)
            Sum.Add(entry, charge => subjects.GetValueOrDefault(charge.Sequence, Subject.None));
    }
}
