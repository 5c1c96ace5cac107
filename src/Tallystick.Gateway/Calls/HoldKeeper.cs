using Tallystick.Core.Accounts;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Ports;

namespace Tallystick.Gateway.Calls;

/// <summary>
/// Extends a call's hold as long as the call lasts, also while nothing comes from its upstream: what is held for it is
/// nobody else's, and its key stays taken. Should the ledger refuse, the capture is a late one. Thread-safe.
/// </summary>
internal sealed class HoldKeeper : IDisposable
{
    /// <summary>So long before it would expire.</summary>
    private static readonly Duration ExtendBefore = Duration.FromSeconds(300);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private readonly CallServices _services;
    private readonly CallRequest _request;
    private readonly HeldCall _held;
    private readonly ITimer _timer;
    private long _until;
    private int _extending;

    public HoldKeeper(CallServices services, CallRequest request, HeldCall held)
    {
        (_services, _request, _held, _until) = (services, request, held, held.ExpiresAt.Micros);
        _timer = services.Time.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (_services.Ledger.Clock.Now.Plus(ExtendBefore) <= new Instant(Interlocked.Read(ref _until))) return;
        if (Interlocked.Exchange(ref _extending, 1) == 0) _ = ExtendAsync();
    }

    private async Task ExtendAsync()
    {
        var until = _services.Ledger.Clock.Now.Plus(CallRunner.HoldLifetime);
        try
        {
            var reply = await _services.Ledger.ExecuteAsync(
                new()
                {
                    Chain = _held.Chain,
                    Account = new AccountCommand.ExtendHold(_held.Hold, until),
                    Origin = new(
                        null, CallMeaning.Of($"gateway extend {_held.Id}"), _request.Holder.Key, _request.TraceBytes),
                },
                CancellationToken.None);
            if (reply is Reply.Done) Interlocked.Exchange(ref _until, until.Micros);
            else _timer.Dispose();
        }
        catch (Exception fault) when (fault is StoreUnavailableException or OverloadedException)
        {
            // Looked at again shortly.
        }
        finally
        {
            Interlocked.Exchange(ref _extending, 0);
        }
    }
}
