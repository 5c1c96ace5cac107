namespace Tallystick.Server.Import.Sources;

/// <summary>The rows of one table, in order, with a look at the next.</summary>
internal sealed class SourceCursor(SourceDatabase database, SourceTable table, string name)
{
    private const int PageRows = 1_000;
    private List<SourceRow> _page = [];
    private int _next;
    private bool _isLast;

    /// <summary>The next row, which stays; null after the last.</summary>
    public async ValueTask<SourceRow?> PeekAsync(CancellationToken cancel)
    {
        if (_next == _page.Count && !_isLast)
        {
            _page = await database.FetchAsync(table, name, PageRows, cancel);
            (_next, _isLast) = (0, _page.Count < PageRows);
        }
        return _next < _page.Count ? _page[_next] : null;
    }

    /// <summary>Goes on behind the row that was looked at.</summary>
    public void Pass() => _next++;
}
