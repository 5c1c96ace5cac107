using Tallystick.Server.Measuring;

namespace Tallystick.Server.Bench;

/// <summary>Single charges, each with a key of its own, on accounts chosen evenly.</summary>
internal sealed class ChargeLoad(ServerProcess server, string key, int accounts)
    : HttpLoad(server, StatusCodes.Status201Created)
{
    private readonly Uri _address = server.Address;

    protected override IRequestScript Script(string run, int connection, int connections)
    {
        var script = new ChargeScript(_address, key, run);
        return new Charges(script, script.NewBuffer(), new(connection), accounts, connection, connections);
    }

    /// <summary>The numbers of all connections are apart.</summary>
    private sealed class Charges(
        ChargeScript script, byte[] buffer, Random random, int accounts, int first, int step) : IRequestScript
    {
        private long _number = first;

        public ReadOnlyMemory<byte> Next()
        {
            script.Write(buffer, random.Next(accounts), _number += step);
            return buffer;
        }
    }
}
