using System.Globalization;
using System.Text;
using Tallystick.Server.Measuring;

namespace Tallystick.Server.Bench;

/// <summary>Requests of a thousand operations on few connections: for the batch route, and to fill a store.</summary>
internal sealed class BatchLoad(ServerProcess server, string key, int accounts)
    : HttpLoad(server, StatusCodes.Status200OK, PerRequest)
{
    private const int Connections = 8, PerRequest = 1_000;
    private readonly Uri _address = server.Address;

    /// <summary>Charges on accounts chosen evenly, for so long or so many.</summary>
    public Task<LoadResult> ChargeAsync(long charges, TimeSpan duration, CancellationToken cancel) =>
        ClosedAsync(Connections, duration, charges / PerRequest + Math.Sign(charges % PerRequest), cancel);

    /// <summary>Gives each account more than all the charges together will take.</summary>
    public async Task GrantAsync(int first, int end, CancellationToken cancel)
    {
        using var link = new LoadConnection();
        await link.ConnectAsync(_address, cancel);
        foreach (var some in Enumerable.Range(first, end - first).Chunk(PerRequest))
        {
            var grants = some.Select(number => string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"op":"grant","idempotency_key":"grant-{{number}}","account_id":"{{ChargeScript.AccountId(number)
                    }}","amount":"1000000"}"""));
            var request = Encoding.ASCII.GetBytes(BatchScript.RequestOf(_address, key, grants));
            if (await link.ExchangeAsync(request, cancel) != StatusCodes.Status200OK || !IsGood(link))
                throw new BenchException($"Grants were answered {link.LastAnswer(600)}");
        }
    }

    protected override IRequestScript Script(string run, int connection, int connections) =>
        new BatchScript(_address, key, run, PerRequest, accounts, connection, connections);

    protected override bool IsGood(LoadConnection answered) =>
        answered.AnswerHolds("\"status\":201"u8) && !answered.AnswerHolds("problem"u8);
}
