using System.Collections.Concurrent;
using System.Text;

namespace Tallystick.Server.Tests.Crashes;

/// <summary>
/// Intents in a file that is on the disk before the request leaves, and the answers that came. What the client
/// remembers is this and nothing else.
/// </summary>
internal sealed class IntentLog(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write);
    private readonly Lock _writing = new();
    private readonly ConcurrentDictionary<string, Intent> _intents = new();
    private readonly ConcurrentDictionary<string, Answer> _answers = new();

    public ICollection<Intent> Intents => _intents.Values;
    public IEnumerable<Intent> Unanswered => _intents.Values.Where(intent => !_answers.ContainsKey(intent.Key));
    public IEnumerable<(Intent Intent, Answer Answer)> Acknowledged =>
        _answers.Where(answer => answer.Value.IsDone).Select(answer => (_intents[answer.Key], answer.Value));

    public void Write(Intent intent)
    {
        lock (_writing)
        {
            _file.Write(Encoding.UTF8.GetBytes($"{intent.Key}\t{intent.Path}\t{intent.Body}\n"));
            _file.Flush(flushToDisk: true);
        }
        _intents[intent.Key] = intent;
    }

    public void Note(Intent intent, Answer answer) => _answers[intent.Key] = answer;
    public void Dispose() => _file.Dispose();
}
