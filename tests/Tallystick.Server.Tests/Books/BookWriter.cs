using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tallystick.Core.Accounts;
using Tallystick.Core.Journal;
using Tallystick.Core.Money;
using Tallystick.Core.Projects;
using Tallystick.Core.Time;
using Tallystick.Engine;
using Tallystick.Engine.Lanes;
using Tallystick.Engine.Ports;
using Tallystick.Engine.Rerating;
using Xunit;

namespace Tallystick.Server.Tests.Books;

/// <summary>Writes books through a real ledger on a test clock; what does not pass fails the test.</summary>
internal sealed class BookWriter : IAsyncDisposable
{
    public const int Project = 1;
    public static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private readonly Ledger _ledger;
    private readonly ILedgerStore _store;
    private int _asked;

    public BookWriter(ILedgerStore store, LaneOptions? options = null)
    {
        _store = store;
        _ledger = new(store, LedgerClock.Test(Start), options ?? new(), NullLogger<Ledger>.Instance);
    }

    public Instant Now => _ledger.Clock.Now;

    public async Task<ThingNumber> ProjectAsync(ProjectCommand command)
    {
        var reply = await _ledger.ExecuteAsync(
            new()
            {
                Chain = ChainKey.OfProject(Project), Project = command, Origin = Origin(command.ToString()!, null),
            },
            default);
        return Assert.IsType<Reply.Done>(reply).Entry.Entry.Number;
    }

    public async Task<ThingNumber> AskAsync(
        string account, AccountCommand command, string? key = null, string? text = null, ThingNumber license = default)
    {
        var reply = await ReplyAsync(account, command, key, text, license);
        return Assert.IsType<Reply.Done>(reply).Entry.Entry.Number;
    }

    public Task<Reply> ReplyAsync(
        string account, AccountCommand command, string? key = null, string? text = null, ThingNumber license = default)
        => _ledger.ExecuteAsync(
            new()
            {
                Chain = ChainKey.OfAccount(Project, account), AccountId = account, Account = command,
                Origin = Origin($"{account} {command}", key) with { License = license },
                Text = text is null ? null : Text(text),
            },
            default);

    /// <summary>Prices all of an account's charges again.</summary>
    public async Task<AccountCorrections> RerateAsync(string account)
    {
        var rerater = await _ledger.ReratingAsync(
            Project, new(Start, Now.Plus(Duration.FromDays(1)), [], IsDry: false), Origin("rerate", null),
            () => Text("""{"reason":"The table was wrong"}"""), default);
        return await rerater.RunAsync((await _ledger.FindAccountAsync(Project, account, default))!, default);
    }

    public Task AdvanceAsync(long seconds) => AdvanceAsync(Duration.FromSeconds(seconds));

    public Task AdvanceAsync(Duration time) => _ledger.AdvanceAsync(Now.Plus(time), default);

    /// <summary>So much time passes, and nobody looks at what has fallen due.</summary>
    public void Pass(Duration time) => _ledger.Clock.Advance(Now.Plus(time));

    public async Task SealAsync() => await _store.SealAsync(Project, Now, default);

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    public static CreditAmount Credits(long credits) => CreditAmount.FromCredits(credits);

    private Origin Origin(string meaning, string? key)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(meaning));
        var trace = SHA256.HashData(BitConverter.GetBytes(++_asked));
        return new(key, [.. hash[..16]], new(2), [.. trace[..16]]);
    }

    // A real server salts at random; here the salt must be the same in every run.
    private static EntryText Text(string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        return new([.. SHA256.HashData(bytes)[..16]], bytes.ToImmutableArray());
    }
}
