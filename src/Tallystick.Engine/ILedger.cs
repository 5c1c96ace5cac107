namespace Tallystick.Engine;

/// <summary>The one way to change anything.</summary>
public interface ILedger
{
    /// <exception cref="OverloadedException">Nothing was done.</exception>
    /// <exception cref="Ports.StoreUnavailableException">Nothing was done.</exception>
    Task<Reply> ExecuteAsync(LedgerRequest request, CancellationToken cancel);
}
