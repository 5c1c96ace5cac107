using System.Globalization;
using Tallystick.Contracts.Json;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Replay;

/// <summary>What the command prints, for people to read.</summary>
internal sealed class ReplayReport(TextWriter output)
{
    private const int DifferencesShown = 20;

    public void Begin(ReplayOptions options, ReplayPlan plan, string server)
    {
        var expected = plan.Expected;
        var pace = options.Speed is { } speed ? $"at {speed} times its pace" : "as fast as the server answers";
        var (granted, held) = (Credits(expected["grant"].Micros), Credits(expected["hold"].Micros));
        var (used, refunded) = (Credits(expected["capture"].Micros), Credits(expected["refund"].Micros));
        Line("Trace", options.Trace.ToString());
        Line("Rates", $"{options.Rates}, in credits per million tokens");
        Line("Plan", $"{plan.Accounts.Count:N0} accounts, {plan.Operations:N0} operations {pace}; seed {options.Seed}");
        Line("", $"{granted} credits granted, {held} held for a time, {used} used and {refunded} of that refunded");
        Line("Server", server);
        output.WriteLine();
    }

    public void Speed(ReplayTally tally, ReplayRun run)
    {
        var table = new TextTable("Answered", "count", "per second", "median", "90 %", "99 %", "longest");
        foreach (var kind in ReplayTally.Kinds)
            if (tally.Latency(kind) is { Count: > 0 } latency) table.Add(Row(kind, latency, run.Took));
        table.Add(Row("all", tally.AllLatencies(), run.Took));
        output.Write(table);
        if (run.Behind > TimeSpan.FromSeconds(1))
            Note($"The replay fell behind the trace by up to {Words(run.Behind)}.");
    }

    public void Disturbances(ReplayTally tally, LedgerClient ledger, OwnServer? server)
    {
        if (tally.Repeats > 0) Note(tally.FaultCount > 0 ? $"{tally.Repeats:N0} requests were sent twice."
            : $"{tally.Repeats:N0} requests were sent twice; both answers were the same, byte for byte.");
        if (server is { Kills: > 0 })
            Note($"The server was killed {server.Kills:N0} times; it listened again within {Words(server.StartTime)}.");
        if (ledger.SentAgain > 0) Note($"{ledger.SentAgain:N0} requests were cut off or put off, and sent again.");
        output.WriteLine();
    }

    public void Reconciled(ReplayPlan plan, Reconciliation reconciliation)
    {
        var planned = plan.Expected;
        var table = new TextTable(
            "Journal", "planned", "credits planned", "found", "credits found", "difference");
        foreach (var kind in AccountSums.Kinds)
            table.Add(Row(kind, planned[kind], reconciliation.Found[kind]));
        table.Add(Row("remaining", (0, planned.Remaining.Micros), (0, reconciliation.Found.Remaining.Micros)));
        output.Write(table);
        output.WriteLine();
        foreach (var difference in reconciliation.Differences.Take(DifferencesShown)) Note(difference);
        Note(reconciliation.Differences.Count == 0
            ? $"{plan.Accounts.Count:N0} accounts reconciled, each to the millionth of a credit."
            : $"{reconciliation.Differences.Count:N0} differences: the ledger does not reconcile.");
    }

    public void Faults(ReplayTally tally)
    {
        foreach (var fault in tally.Faults) Note(fault);
        if (tally.FaultCount > 0) Note($"{tally.FaultCount:N0} answers were not what they must be.");
    }

    public void Note(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    public void Note(string text) => output.WriteLine(text);

    private void Line(string head, FormattableString text) => Line(head, text.ToString(CultureInfo.InvariantCulture));

    private void Line(string head, string text) => output.WriteLine($"{head,-8}{text}");

    private static string[] Row(string kind, LatencyHistogram latency, TimeSpan took) =>
    [
        kind, Number(latency.Count), Number(PerSecond(latency.Count, took)), Words(latency.Permille(500)),
        Words(latency.Permille(900)), Words(latency.Permille(990)), Words(latency.Max),
    ];

    private static string[] Row(string kind, (long Count, long Micros) planned, (long Count, long Micros) found) =>
    [
        kind, kind == "remaining" ? "" : Number(planned.Count), Credits(planned.Micros),
        kind == "remaining" ? "" : Number(found.Count), Credits(found.Micros),
        new Amount(found.Micros - planned.Micros).ToString(),
    ];

    private static long PerSecond(long count, TimeSpan took) =>
        took > TimeSpan.Zero ? (long)(count / took.TotalSeconds) : 0;

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Credits(long micros)
    {
        var text = new Amount(micros).ToString();
        return string.Create(CultureInfo.InvariantCulture, $"{micros / 1_000_000:N0}{text[^7..]}");
    }

    private static string Words(TimeSpan time) => time.TotalSeconds >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.00} ms");
}
