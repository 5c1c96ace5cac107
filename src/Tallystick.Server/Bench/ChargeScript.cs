using System.Globalization;
using System.Text;

namespace Tallystick.Server.Bench;

/// <summary>
/// The bytes of single charges, each with an account and an idempotency key of its own, written into one buffer per
/// connection so that the load takes little of the machine.
/// </summary>
internal sealed class ChargeScript : IRequestScript
{
    public const string AccountPrefix = "bench-";
    private readonly ChargeDigits _digits;
    private readonly byte[] _buffer;
    private readonly int _accounts, _connections;
    private readonly Random _random;
    private long _number;

    /// <param name="run">Sets its keys apart from those of other runs.</param>
    public ChargeScript(Uri server, string key, string run, int accounts, int connection, int connections)
    {
        var body = $$"""{"account_id":"{{AccountPrefix}}{{ChargeDigits.Account}}","amount":"0.001"}""";
        var text = $"POST {EmptyEndpoint.Path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {key}\r\n"
            + $"Content-Type: application/json\r\nIdempotency-Key: {run}-{ChargeDigits.Key}\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}";
        _buffer = Encoding.ASCII.GetBytes(text);
        _digits = new(text);
        (_accounts, _connections, _random, _number) = (accounts, connections, new(connection), connection);
    }

    public static string AccountId(int number) =>
        $"{AccountPrefix}{number.ToString("D7", CultureInfo.InvariantCulture)}";

    public ReadOnlyMemory<byte> Next()
    {
        _digits.Write(_buffer, _random.Next(_accounts), _number += _connections);
        return _buffer;
    }
}
