using System.Globalization;
using System.Text;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Bench;

/// <summary>
/// Model calls, straight to an upstream or through the gateway, each connection for an account of its own.
/// </summary>
/// <param name="path">Of the chat completions there.</param>
/// <param name="isStream">They are answered piece by piece.</param>
internal sealed class CallLoad(ServerProcess server, string key, string path, bool isStream)
    : HttpLoad(server, StatusCodes.Status200OK)
{
    private readonly Uri _address = server.Address;

    protected override IRequestScript Script(string run, int connection, int connections)
    {
        var stream = isStream ? "\"stream\":true," : "";
        var body = $$"""
            {"model":"{{UpstreamEndpoint.Model}}",{{stream}}"max_tokens":50,
             "messages":[{"role":"user","content":"{{new string('x', 200)}}"}]}
            """;
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: {_address.Authority}\r\nAuthorization: Bearer {key}\r\n"
            + $"Tally-Account: {ChargeScript.AccountId(connection)}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        return new Same(Encoding.ASCII.GetBytes(head + body));
    }

    private sealed class Same(byte[] request) : IRequestScript
    {
        public ReadOnlyMemory<byte> Next() => request;
    }
}
