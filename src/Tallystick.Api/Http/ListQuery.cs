using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tallystick.Api.Auth;
using Tallystick.Contracts;
using Tallystick.Contracts.Json;
using Tallystick.Core.Journal;
using Tallystick.Core.Time;
using Tallystick.Engine.Reads;

namespace Tallystick.Api.Http;

/// <summary>
/// The query of a list: its own filters, <c>limit</c> and <c>cursor</c>. A cursor is sealed for this project, path and
/// filters: elsewhere it is 400.
/// </summary>
internal sealed class ListQuery
{
    public static readonly string[] Members = ["limit", "cursor"];
    private const int LimitDefault = 100, LimitMax = 1_000;

    private readonly IQueryCollection _query;
    private readonly Cursors _cursors;
    private readonly string _scope;
    private readonly string? _after;

    private ListQuery(ApiCall call, string[] filters)
    {
        _query = call.Context.Request.Query;
        _cursors = call.Service<Cursors>();
        var filtered = string.Join('&', filters.Select(filter => Uri.EscapeDataString(this[filter] ?? "")));
        _scope = $"{call.Principal.Project} {call.Context.Request.Path.Value} {filtered}";
        _after = this["cursor"] is { } cursor
            ? _cursors.Open(cursor, _scope) ?? throw RequestException.Invalid("cursor", "not one of this list's")
            : null;
        Limit = ReadLimit();
    }

    public static ListQuery Read(ApiCall call, params string[] filters) => new(call, filters);

    public int Limit { get; }

    /// <summary>A limit was given.</summary>
    public bool IsLimited => this["limit"] is not null;

    /// <summary>The text that the cursor carries; null at the beginning of the list.</summary>
    public string? After => _after;
    public ThingNumber BeforeThing => new(BeforeNumber);
    public long BeforeNumber => _after is null ? long.MaxValue : long.Parse(_after, CultureInfo.InvariantCulture);

    /// <summary>A filter's value; null where it is not given.</summary>
    public string? this[string name] => _query.TryGetValue(name, out var values) ? values[0] : null;

    public T? Word<T>(string name, Func<string, T?> parse, string expected) where T : struct =>
        this[name] is not { } word ? null : parse(word) ?? throw RequestException.Invalid(name, expected);

    public Instant? Time(string name) =>
        this[name] is not { } text ? null
        : Timestamp.TryParse(text, out var time) ? new Instant(time.Micros)
        : throw RequestException.Invalid(name, "an RFC 3339 time");

    public Page<TOut> Page<T, TOut>(ThingPage<T> page, Func<T, TOut> render) =>
        Page([.. page.Things.Select(render)], page.Next);

    public Page<T> Page<T>(IReadOnlyList<T> data, ThingNumber next) => Page(data, next.Value);

    public Page<T> Page<T>(IReadOnlyList<T> data, long next) =>
        Page(data, next == 0 ? null : next.ToString(CultureInfo.InvariantCulture));

    /// <param name="next">What the next page comes after; null when there is none.</param>
    public Page<T> Page<T>(IReadOnlyList<T> data, string? next) =>
        new(data, next is not null, next is null ? null : _cursors.Seal(next, _scope));

    /// <summary>The cursor of a page that begins before a number.</summary>
    public string CursorAt(long before) => _cursors.Seal(before.ToString(CultureInfo.InvariantCulture), _scope);

    private int ReadLimit()
    {
        if (this["limit"] is not { } text) return LimitDefault;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            && limit is >= 1 and <= LimitMax
            ? limit
            : throw RequestException.Invalid("limit", $"1 to {LimitMax}");
    }
}
