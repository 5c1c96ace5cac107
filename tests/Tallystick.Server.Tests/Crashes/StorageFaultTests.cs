using System.Globalization;
using System.Text.Json.Nodes;
using Tallystick.Testing;
using Xunit;

namespace Tallystick.Server.Tests.Crashes;

/// <summary>Q14: the real program on disks that fill up, fail, and become read-only. TALLY_FAILING_FLUSHES=n.</summary>
public sealed class StorageFaultTests(ITestOutputHelper output) : IDisposable
{
    private const int DiskMegabytes = 48, BallastMegabytes = 12;
    private const int FirstFlush = 40, LastFlush = 400;
    private const string Account = "/api/v1/accounts/acme";
    private static readonly string Padding = new('x', 4_000);

    private readonly string _folder = Directory.CreateTempSubdirectory("tally-faults-").FullName;
    private int _keys;

    [Fact(Explicit = true)]
    public async Task On_a_full_disk_nothing_is_taken_reads_go_on_and_with_room_again_so_does_everything_S1_Q14()
    {
        using var disk = CuttableDisk.Create(DiskMegabytes);
        var (data, ballast) = (Path.Combine(disk.Path, "data"), Path.Combine(disk.Path, "ballast"));
        File.WriteAllBytes(ballast, new byte[BallastMegabytes << 20]);
        await using (var server = await TallyServer.StartAsync(data))
        {
            await OpenAsync(server);
            var charged = await ChargeUntilRefusedAsync(server);
            await MustShowAsync(server, charged);
            await MustBeReadyAsync(server, isReady: false);

            File.Delete(ballast);
            for (var tries = 0; (await ChargeAsync(server)).Status != 201; await Task.Delay(50))
                Assert.True(++tries < 200, "there is room, and nothing is taken");
            await MustShowAsync(server, charged + 1);
            await MustBeReadyAsync(server, isReady: true);
            await MustVerifyAsync(data);
            await server.KillAsync();
        }
        await using var again = await TallyServer.StartAsync(data);
        await MustVerifyAsync(data);
    }

    [Fact(Explicit = true)]
    public async Task On_a_disk_that_becomes_read_only_nothing_is_taken_reads_go_on_and_nothing_is_lost_S2_Q14()
    {
        using var disk = CuttableDisk.Create(DiskMegabytes);
        var data = Path.Combine(disk.Path, "data");
        var charged = 0;
        await using (var server = await TallyServer.StartAsync(data))
        {
            await OpenAsync(server);
            for (; charged < 50; charged++) Assert.Equal(201, (await ChargeAsync(server)).Status);
            disk.BecomeReadOnly();
            await MustOnlyReadAsync(server, charged);
            // The kernel makes it writable again for nobody who has files of it open.
            await server.KillAsync();
        }
        await disk.PowerOnAsync();
        await using var again = await TallyServer.StartAsync(data);
        await MustShowAsync(again, charged);
        Assert.Equal(201, (await ChargeAsync(again)).Status);
        await MustVerifyAsync(data);
    }

    [Theory]
    [InlineData(RefusingDisk.NoSpace)]
    [InlineData(RefusingDisk.ReadOnly)]
    public async Task A_disk_that_takes_no_writes_for_a_while_costs_that_time_and_nothing_else_S1_S2_Q14(int error)
    {
        using var disk = new RefusingDisk();
        var data = Path.Combine(_folder, "data");
        var charged = 0;
        await using (var server = await TallyServer.StartAsync(data, disk.Environment))
        {
            await OpenAsync(server);
            for (var time = 0; time < 3; time++)
            {
                for (var i = 0; i < 10; i++, charged++) Assert.Equal(201, (await ChargeAsync(server)).Status);
                disk.Refuse(error);
                await MustOnlyReadAsync(server, charged);
                disk.Heal();
                for (var tries = 0; (await ChargeAsync(server)).Status != 201; await Task.Delay(50))
                    Assert.True(++tries < 200, "the disk takes writes, and nothing is taken");
                charged++;
                await MustShowAsync(server, charged);
                await MustBeReadyAsync(server, isReady: true);
            }
            await MustVerifyAsync(data);
            await server.KillAsync();
        }
        await using var again = await TallyServer.StartAsync(data);
        await MustShowAsync(again, charged);
        await MustVerifyAsync(data);
    }

    [Fact]
    public async Task A_failed_flush_ends_the_program_with_a_code_and_what_was_acknowledged_is_there_S3_Q14()
    {
        using var library = new FailingFlush();
        using var cycles = new CrashCycles(_folder, Path.Combine(_folder, "data"), output)
        {
            Environment = random => library.At(random.Next(FirstFlush, LastFlush)),
        };
        await cycles.RunAsync(
            CrashCycles.Number("TALLY_FAILING_FLUSHES") ?? 4, async server => Assert.Equal(1, await server.EndAsync()));
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_ends_with_a_message_and_the_first_serves_on_S7_Q14()
    {
        var data = Path.Combine(_folder, "data");
        await using var server = await TallyServer.StartAsync(data);
        await OpenAsync(server);

        var second = await Tally.RunAsync("serve", "--urls", "http://127.0.0.1:0", "--data", data);

        Assert.Equal(3, second.Code);
        Assert.Contains("another process writes", second.Errors);
        Assert.Equal(201, (await ChargeAsync(server)).Status);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task OpenAsync(TallyServer server)
    {
        var made = await server.Http.PutAsync(Account, new StringContent("{}", null, "application/json"));
        made.EnsureSuccessStatusCode();
        var grant = new Intent("grant", Account + "/grants", """{"amount":1000000}""");
        Assert.Equal(201, (await LoadClient.SendAsync(server.Http, grant))!.Status);
    }

    /// <summary>A charge of one credit that takes some room.</summary>
    private async Task<Answer> ChargeAsync(TallyServer server)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"charge-{_keys++}");
        var body = $$$"""{"account_id":"acme","amount":1,"metadata":{"padding":"{{{Padding}}}"}}""";
        return (await LoadClient.SendAsync(server.Http, new(key, "/api/v1/charges", body)))!;
    }

    private async Task<int> ChargeUntilRefusedAsync(TallyServer server)
    {
        for (var charged = 0; charged < 100_000; charged++)
        {
            var answer = await ChargeAsync(server);
            if (answer.Status == 201) continue;
            MustBeUnavailable(answer);
            return charged;
        }
        throw new InvalidOperationException("the disk never filled");
    }

    private async Task MustOnlyReadAsync(TallyServer server, int charged)
    {
        for (var i = 0; i < 5; i++) MustBeUnavailable(await ChargeAsync(server));
        await MustShowAsync(server, charged);
        await MustBeReadyAsync(server, isReady: false);
        Assert.Equal(200, (int)(await server.Http.GetAsync("/health/live")).StatusCode);
        MustBeUnavailable(await ChargeAsync(server));
        await MustShowAsync(server, charged);
    }

    private static void MustBeUnavailable(Answer answer) =>
        Assert.Equal((503, "store_unavailable"), (answer.Status, (string?)JsonNode.Parse(answer.Body)!["code"]));

    private static async Task MustShowAsync(TallyServer server, int charged)
    {
        var balance = JsonNode.Parse(await server.Http.GetStringAsync(Account + "/balance"))!;
        Assert.Equal($"{1_000_000 - charged}.000000", (string?)balance["available"]);
    }

    private static async Task MustBeReadyAsync(TallyServer server, bool isReady)
    {
        var status = 0;
        for (var tries = 0; tries < 100 && status != (isReady ? 200 : 503); tries++)
        {
            if (tries > 0) await Task.Delay(100);
            status = (int)(await server.Http.GetAsync("/health/ready")).StatusCode;
        }
        Assert.Equal(isReady ? 200 : 503, status);
    }

    private static async Task MustVerifyAsync(string data)
    {
        var verified = await Tally.RunAsync("verify", "--data", data);
        Assert.True(verified.Code == 0, verified.Output + verified.Errors);
    }
}
