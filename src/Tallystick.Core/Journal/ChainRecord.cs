namespace Tallystick.Core.Journal;

/// <summary>
/// A thing of an account, with all that happened to it. Open ones live in the state, others beside it.
/// </summary>
public abstract record ChainRecord
{
    public required ThingNumber Number { get; init; }
    public abstract RecordKind Kind { get; }
    public RecordKey Key => new(Kind, Number);
    public abstract void Write(CborWriter writer);

    public byte[] Encode()
    {
        var writer = new CborWriter();
        Write(writer);
        return writer.ToArray();
    }
}
