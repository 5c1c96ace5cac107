using System.Text;

namespace Tallystick.Server.Replay;

/// <summary>What the ledger answered in the end.</summary>
/// <param name="Took">From the first time it was sent, all further tries included.</param>
internal sealed record LedgerAnswer(int Status, byte[] Body, TimeSpan Took)
{
    public bool IsSameAs(LedgerAnswer other) => Status == other.Status && Body.AsSpan().SequenceEqual(other.Body);
    public override string ToString() => $"{Status} {Encoding.UTF8.GetString(Body)}";
}
