using System.Text;

namespace Tallystick.Server.Bench;

/// <summary>
/// The bytes of requests of many charges, each with an account and an idempotency key of its own, written into one
/// buffer per connection.
/// </summary>
internal sealed class BatchScript : IRequestScript
{
    private readonly ChargeDigits _digits;
    private readonly byte[] _buffer;
    private readonly int _step, _operations, _accounts, _connections;
    private readonly Random _random;
    private long _number;

    /// <param name="run">Sets its keys apart from those of other runs.</param>
    public BatchScript(
        Uri server, string key, string run, int operations, int accounts, int connection, int connections)
    {
        var charge = $$"""
            {"op":"charge","idempotency_key":"{{run}}-{{ChargeDigits.Key}}","account_id":"{{ChargeScript.AccountPrefix
                }}{{ChargeDigits.Account}}","amount":"0.001"}
            """;
        var text = RequestOf(server, key, Enumerable.Repeat(charge, operations));
        _buffer = Encoding.ASCII.GetBytes(text);
        _digits = new(text);
        (_step, _operations, _accounts, _connections) = (charge.Length + 1, operations, accounts, connections);
        (_random, _number) = (new(connection), connection);
    }

    public static string RequestOf(Uri server, string key, IEnumerable<string> operations)
    {
        var body = $$"""{"operations":[{{string.Join(',', operations)}}]}""";
        return $"POST /api/v1/batch HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {key}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }

    public ReadOnlyMemory<byte> Next()
    {
        for (var i = 0; i < _operations; i++)
            _digits.Write(_buffer.AsSpan(i * _step), _random.Next(_accounts), _number += _connections);
        return _buffer;
    }
}
