using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tallystick.Core.Money;
using Tallystick.Server.Import.Books;

namespace Tallystick.Server.Import.Runs;

/// <summary>For programs: a line of JSON for each account, and a last one for all.</summary>
internal sealed class JsonReport(TextWriter output) : IImportReport
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Tell(ImportOutcome outcome) => Line(json =>
    {
        json.WriteString("type", "account");
        json.WriteString("account_id", outcome.AccountId);
        json.WriteString("source_id", outcome.SourceId);
        json.WriteString("status", Word(outcome.Status.ToString()));
        Write(json, "old_balance", outcome.OldBalance);
        Write(json, "new_balance", outcome.NewBalance);
        Write(json, "difference", outcome.NewBalance - outcome.OldBalance);
        Write(json, "held", outcome.Held);
        json.WriteStartArray("jobs");
        foreach (var job in outcome.Jobs)
        {
            json.WriteStartObject();
            json.WriteString("reference_id", job.ReferenceId);
            json.WriteString("job_id", job.JobId);
            json.WriteString("hold_id", job.HoldId);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("history_rows", outcome.Rows);
        json.WriteNumber("new_history_rows", outcome.NewRows);
        Write(json, "history_sum", outcome.Sum);
        json.WriteNumber("refundable_charges", outcome.Refundable);
        json.WriteBoolean("license", outcome.HasLicense);
        json.WriteBoolean("reconciles", outcome.Reconciles);
        Write(json, outcome.Findings);
    });

    public void End(ImportTotals totals, IReadOnlyList<Finding> strays, bool isDryRun) => Line(json =>
    {
        json.WriteString("type", "totals");
        json.WriteBoolean("dry_run", isDryRun);
        json.WriteBoolean("reconciles", totals.Reconciles);
        json.WriteNumber("accounts", totals.Accounts);
        json.WriteNumber("unreconciled_accounts", totals.Unreconciled);
        json.WriteStartObject("by_status");
        foreach (var (status, sums) in totals.ByStatus)
        {
            json.WriteStartObject(Word(status.ToString()));
            json.WriteNumber("accounts", sums.Accounts);
            Write(json, "old_balance", sums.Old);
            Write(json, "new_balance", sums.New);
            Write(json, "difference", sums.New - sums.Old);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteNumber("history_rows", totals.Rows);
        json.WriteNumber("new_history_rows", totals.NewRows);
        json.WriteNumber("refundable_charges", totals.Refundable);
        json.WriteNumber("holds", totals.Holds);
        Write(json, "held", totals.Held);
        json.WriteNumber("licenses", totals.Licenses);
        json.WriteStartObject("by_finding");
        foreach (var (kind, (count, amount)) in totals.ByKind)
        {
            json.WriteStartObject(new Finding(kind, "").Word);
            json.WriteNumber("count", count);
            Write(json, "amount", amount);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        Write(json, strays);
    });

    private static void Write(Utf8JsonWriter json, IReadOnlyList<Finding> findings)
    {
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("kind", finding.Word);
            json.WriteBoolean("is_difference", finding.IsDifference);
            if (finding.Amount is { } amount) Write(json, "amount", amount); else json.WriteNull("amount");
            json.WriteString("text", finding.Text);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void Line(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private static void Write(Utf8JsonWriter json, string name, CreditAmount amount) =>
        json.WriteString(name, amount.ToString());

    private static string Word(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
