using Npgsql;
using Tallystick.Core.Journal;

namespace Tallystick.Store.Postgres;

/// <summary>What is asked of chains around a commit; nothing here writes.</summary>
internal static class ChainQuestions
{
    /// <summary>Which chains exist and are not locked; locks them.</summary>
    public static NpgsqlBatchCommand FindFree(IReadOnlyList<ChainKey> chains) => new("""
        SELECT c.project, c.number FROM unnest($1, $2) AS a (project, number)
        JOIN tallystick.chain c ON c.project = a.project AND c.number = a.number
        FOR UPDATE OF c SKIP LOCKED
        """)
    {
        Parameters =
        {
            new() { Value = chains.Select(chain => chain.Project).ToArray() },
            new() { Value = chains.Select(chain => chain.Number).ToArray() },
        },
    };

    /// <summary>Locks a chain, if there is one.</summary>
    public static NpgsqlBatchCommand Hold(ChainKey chain) =>
        new("SELECT sequence FROM tallystick.chain WHERE project = $1 AND number = $2 FOR UPDATE")
        {
            Parameters = { new() { Value = chain.Project }, new() { Value = chain.Number } },
        };

    /// <summary>How many of these entries are stored, each where it stands.</summary>
    public static NpgsqlBatchCommand CountStored(IReadOnlyList<SealedEntry> entries) => new("""
        SELECT count(*) FROM unnest($1, $2, $3, $4) AS a (project, number, sequence, hash)
        JOIN tallystick.journal j
            ON j.project = a.project AND j.number = a.number AND j.sequence = a.sequence AND j.hash = a.hash
        """)
    {
        Parameters =
        {
            new() { Value = entries.Select(entry => entry.Entry.Chain.Project).ToArray() },
            new() { Value = entries.Select(entry => entry.Entry.Chain.Number).ToArray() },
            new() { Value = entries.Select(entry => entry.Entry.Sequence).ToArray() },
            new() { Value = entries.Select(entry => entry.Hash).ToArray() },
        },
    };
}
