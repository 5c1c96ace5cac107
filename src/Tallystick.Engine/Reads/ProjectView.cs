using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Engine.Ports;

namespace Tallystick.Engine.Reads;

/// <summary>A project with all its things: live ones from its state, the others from the records beside it.</summary>
public sealed class ProjectView
{
    private readonly ILedgerStore _store;
    private readonly CancellationToken _cancel;

    internal ProjectView(ILedgerStore store, ProjectState state, CancellationToken cancel) =>
        (_store, State, _cancel) = (store, state, cancel);

    public ProjectState State { get; }

    public async ValueTask<ApiKey?> KeyAsync(ThingNumber number) =>
        State.Keys.FirstOrDefault(key => key.Number == number)
        ?? (ApiKey?)await _store.LoadRecordAsync(State.Key, new(RecordKind.Key, number), _cancel);

    /// <summary>Keys, newest first.</summary>
    public async ValueTask<ThingPage<ApiKey>> KeysAsync(ThingNumber before, int limit)
    {
        var over = await _store.ListRecordsAsync(State.Key, RecordKind.Key, before, limit + 1, _cancel);
        var numbers = State.Keys.Select(key => key.Number).Where(number => number < before)
            .Concat(over).Distinct().OrderDescending().Take(limit + 1).ToList();
        var keys = new List<ApiKey>(limit);
        foreach (var number in numbers.Take(limit)) keys.Add((await KeyAsync(number))!);
        return new(keys, numbers.Count > limit ? keys[^1].Number : default);
    }
}
