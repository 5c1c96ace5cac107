using System.Threading.Channels;
using Tallystick.Core.Journal;
using Tallystick.Core.Projects;
using Tallystick.Engine;
using Tallystick.Server.Import.Books;

namespace Tallystick.Server.Import.Runs;

/// <summary>
/// Brings accounts over, many at a time, and tells what came of each in the order in which they were read.
/// </summary>
internal sealed class ImportRun(IImportTarget target, string layout)
{
    private const int AccountsAtOnce = 128;

    /// <summary>Opens the project where there is none: the same as a server's first start does.</summary>
    public static async Task OpenProjectAsync(ILedger ledger, CancellationToken cancel) => await ledger.ExecuteAsync(
        new()
        {
            Chain = ChainKey.OfProject(ChainKey.FirstProject), Project = new ProjectCommand.OpenProject("default"),
            Origin = ImportOrigin.Once("project") with { Key = null },
        },
        cancel);

    public async Task RunAsync(
        IAsyncEnumerable<SourceAccount> accounts, Action<ImportOutcome> told, CancellationToken cancel)
    {
        using var throttle = new Throttle();
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var underWay = Channel.CreateBounded<Task<ImportOutcome>>(AccountsAtOnce);
        var starting = StartAsync(accounts, underWay.Writer, throttle, failing.Token);
        try
        {
            await foreach (var outcome in underWay.Reader.ReadAllAsync(cancel)) told(await outcome);
        }
        catch
        {
            await failing.CancelAsync();
            await starting;
            throw;
        }
        await starting;
    }

    private async Task StartAsync(
        IAsyncEnumerable<SourceAccount> accounts, ChannelWriter<Task<ImportOutcome>> underWay, Throttle throttle,
        CancellationToken cancel)
    {
        try
        {
            await foreach (var account in accounts.WithCancellation(cancel))
            {
                var import = new AccountImport(target, layout, account, throttle).RunAsync(cancel);
                // Licences are numbered by the project's journal: in one order, whichever account is faster.
                if (account.License is not null) await import;
                await underWay.WriteAsync(import, cancel);
            }
            underWay.Complete();
        }
        catch (Exception fault)
        {
            underWay.Complete(fault);
        }
    }
}
