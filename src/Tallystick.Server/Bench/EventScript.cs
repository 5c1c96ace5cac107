using System.Globalization;
using System.Text;

namespace Tallystick.Server.Bench;

/// <summary>
/// Usage events of a quarter of a year: of many accounts, models, services and teams; each the same again.
/// </summary>
internal sealed class EventScript(int accounts, DateTimeOffset until)
{
    public const int Models = 40, Services = 8, Teams = 200, Days = 90;

    private const int NamedAccounts = 2;
    public const int AccountsMin = NamedAccounts + 1;

    /// <summary>Every other event is this account's.</summary>
    public static readonly string Busiest = ChargeScript.AccountId(0);

    /// <summary>Every hundredth event is this account's.</summary>
    public static readonly string Busy = ChargeScript.AccountId(1);
    public static readonly string Other = ChargeScript.AccountId(NamedAccounts);

    public static string ModelOf(uint number) => $"m{number % Models}";

    /// <summary>Some of the events, a line each.</summary>
    public byte[] Lines(long first, int count)
    {
        var text = new StringBuilder(count * 230);
        for (var number = first; number < first + count; number++) Append(text, number);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private void Append(StringBuilder text, long number)
    {
        var draw = Mixed((ulong)number);
        var others = (ulong)Math.Max(1, accounts - NamedAccounts);
        var account = (draw % 100) switch
        {
            < 50 => Busiest, 50 => Busy,
            _ => ChargeScript.AccountId(NamedAccounts + (int)(draw / 100 % others)),
        };
        var model = ModelOf((uint)(draw >> 8 & uint.MaxValue));
        var at = until.AddSeconds(-(long)(draw >> 20) % (Days * 86_400)).UtcDateTime;
        text.Append(CultureInfo.InvariantCulture, $$$"""
            {"id":"{{{number}}}","account_id":"{{{account}}}","occurred_at":"{{{at:yyyy-MM-ddTHH:mm:ssZ}}}",
            """);
        text.Append(CultureInfo.InvariantCulture, $$$"""
            "usage":{"model":"{{{model}}}","service":"s{{{(draw >> 16) % Services}}}",
            """);
        text.Append(CultureInfo.InvariantCulture, $$$"""
            "input_tokens":{{{draw % 4_000}}},"output_tokens":{{{draw % 900}}}},
            """);
        text.Append(CultureInfo.InvariantCulture, $$$"""
            "metadata":{"team":"t{{{(draw >> 24) % Teams}}}"}}
            """).Append('\n');
    }

    /// <summary>SplitMix64: the same for the same number, whoever asks.</summary>
    private static ulong Mixed(ulong number)
    {
        unchecked
        {
            var mixed = (number + 1) * 0x9E3779B97F4A7C15UL;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
            return mixed ^ (mixed >> 31);
        }
    }
}
