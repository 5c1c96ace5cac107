using Tallystick.Core;
using Tallystick.Core.Journal;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Audit;

/// <summary>Where an audit puts what it finds: the first thing only, or all of it.</summary>
internal sealed class FaultReport(bool findAll, Action<AuditFault> found)
{
    public long Count { get; private set; }

    /// <summary>Something could not be read to its end: what is missing then is no finding.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>Nothing more is wanted.</summary>
    public bool IsOver => Count > 0 && !findAll;

    public void Add(AuditFault fault)
    {
        if (IsOver) return;
        Count++;
        found(fault);
    }

    /// <summary>
    /// Runs a check over stored bytes. They are not to be trusted, so that whatever a rule throws on them is a finding;
    /// only a store that cannot be read ends the audit.
    /// </summary>
    /// <returns>False if something was found.</returns>
    public bool Try(string law, Action check, ChainKey? chain = null, string? accountId = null, long? sequence = null)
    {
        try
        {
            check();
            return true;
        }
        catch (InvariantBrokenException broken)
        {
            var (id, reason) = Split(broken.Message);
            Add(new(id, reason, chain, accountId, sequence));
        }
        catch (JournalCorruptException damage)
        {
            Add(new(law, damage.Message, chain, accountId, sequence));
        }
        catch (Exception failure) when (failure is not (StoreUnavailableException or OutOfMemoryException))
        {
            var reason = $"it cannot have happened ({failure.GetType().Name}: {failure.Message})";
            Add(new(law, reason, chain, accountId, sequence));
        }
        return false;
    }

    /// <summary>The same items, up to the first that cannot be read.</summary>
    public IEnumerable<T> Read<T>(string law, IEnumerable<T> items)
    {
        using var each = items.GetEnumerator();
        var more = true;
        while (!IsOver && more)
        {
            if (!Try(law, () => more = each.MoveNext()))
            {
                IsCutShort = true;
                yield break;
            }
            if (more) yield return each.Current;
        }
    }

    // A broken invariant names itself: "I12: it follows entry 7".
    private static (string Law, string Reason) Split(string message)
    {
        var colon = message.IndexOf(": ", StringComparison.Ordinal);
        return (message[..colon], message[(colon + 2)..]);
    }
}
