using System.Text;

namespace Tallystick.Server.Bench;

/// <summary>
/// The bytes of single charges, each with an account and an idempotency key of its own, written into one buffer per
/// connection so that the load takes little of the machine.
/// </summary>
internal sealed class ChargeScript
{
    public const string AccountPrefix = "bench-";
    private const int AccountDigits = 7, KeyDigits = 12;
    private readonly byte[] _template;
    private readonly int _accountAt, _keyAt;

    /// <param name="run">Sets its keys apart from those of other runs; eight characters at most.</param>
    public ChargeScript(Uri server, string key, string run)
    {
        var (account, number) = (new string('#', AccountDigits), new string('*', KeyDigits));
        var body = $$"""{"account_id":"{{AccountPrefix}}{{account}}","amount":"0.001"}""";
        var text = $"POST {EmptyEndpoint.Path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {key}\r\n"
            + $"Content-Type: application/json\r\nIdempotency-Key: {run}-{number}\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}";
        _template = Encoding.ASCII.GetBytes(text);
        _accountAt = text.IndexOf(account, StringComparison.Ordinal);
        _keyAt = text.IndexOf(number, StringComparison.Ordinal);
    }

    public static string AccountId(int number) =>
        $"{AccountPrefix}{number.ToString("D7", System.Globalization.CultureInfo.InvariantCulture)}";

    public byte[] NewBuffer() => [.. _template];

    public void Write(byte[] buffer, int account, long number)
    {
        WriteDigits(buffer.AsSpan(_accountAt, AccountDigits), account);
        WriteDigits(buffer.AsSpan(_keyAt, KeyDigits), number);
    }

    private static void WriteDigits(Span<byte> digits, long value)
    {
        for (var i = digits.Length - 1; i >= 0; i--, value /= 10) digits[i] = (byte)('0' + value % 10);
    }
}
