namespace Tallystick.Gateway.Calls;

/// <summary>
/// Lets calls with the same key through one after the other: a twin waits for the first and then finds its answer.
/// Thread-safe.
/// </summary>
internal sealed class KeyedTurns
{
    private readonly Dictionary<string, (SemaphoreSlim Gate, int Users)> _turns = new(StringComparer.Ordinal);

    public async ValueTask<IDisposable> EnterAsync(string key, CancellationToken cancel)
    {
        SemaphoreSlim gate;
        lock (_turns)
        {
            var turn = _turns.GetValueOrDefault(key, (new(1, 1), 0));
            gate = turn.Gate;
            _turns[key] = (gate, turn.Users + 1);
        }
        try
        {
            await gate.WaitAsync(cancel);
            return new Turn(this, key, gate);
        }
        catch
        {
            Leave(key);
            throw;
        }
    }

    private void Leave(string key)
    {
        lock (_turns)
        {
            var (gate, users) = _turns[key];
            if (users > 1) _turns[key] = (gate, users - 1);
            else
            {
                _turns.Remove(key);
                gate.Dispose();
            }
        }
    }

    private sealed class Turn(KeyedTurns turns, string key, SemaphoreSlim gate) : IDisposable
    {
        public void Dispose()
        {
            gate.Release();
            turns.Leave(key);
        }
    }
}
