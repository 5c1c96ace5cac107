using Tallystick.Server.Measuring;

namespace Tallystick.Server.Bench;

/// <summary>Single charges, each with a key of its own, on accounts chosen evenly.</summary>
internal sealed class ChargeLoad(ServerProcess server, string key, int accounts)
    : HttpLoad(server, StatusCodes.Status201Created)
{
    private readonly Uri _address = server.Address;

    protected override IRequestScript Script(string run, int connection, int connections) =>
        new ChargeScript(_address, key, run, accounts, connection, connections);
}
