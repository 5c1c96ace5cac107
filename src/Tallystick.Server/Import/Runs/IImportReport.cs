using Tallystick.Server.Import.Books;

namespace Tallystick.Server.Import.Runs;

/// <summary>Tells what an import comes to, account by account and in the end.</summary>
internal interface IImportReport
{
    void Tell(ImportOutcome outcome);
    void End(ImportTotals totals, IReadOnlyList<Finding> strays, bool isDryRun);
}
