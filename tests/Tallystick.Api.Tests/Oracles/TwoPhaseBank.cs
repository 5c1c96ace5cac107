using System.Text.Json;
using Xunit;

namespace Tallystick.Api.Tests.Oracles;

/// <summary>
/// Accounts and transfers in two phases over wallets: pending is a hold, post a capture, void a release, one phase a
/// charge; what is posted is a grant to the other account. A transfer's id is its key.
/// </summary>
internal sealed class TwoPhaseBank(ApiServer server)
{
    private const string Most = "MAX";

    /// <summary>The most that an amount can be written as; more than any wallet of these cases has.</summary>
    private const decimal Beyond = 999_999_999_999m;
    private const string Never = ",\"expires_in\":604800";
    private readonly Dictionary<int, Wallet> _wallets = [];

    /// <summary>What each transfer made, by the transfer's id.</summary>
    private readonly Dictionary<int, Made> _made = [];

    public async Task OpenAsync(int id, bool mayOwe) =>
        _wallets[id] = await Wallet.OpenAsync(server, $"a{id}", mayOwe);

    /// <summary>Brings an account to figures that others have brought it to before.</summary>
    public async Task SetAsync(int id, decimal credited, decimal spent, decimal held)
    {
        if (credited > 0) await _wallets[id].GrantAsync(credited);
        if (spent > 0) (await _wallets[id].ChargeAsync(spent)).Must(201);
        if (held > 0) (await _wallets[id].HoldAsync(held, Never)).Must(201);
    }

    /// <summary>What the account has of each, as a wallet sees it.</summary>
    public async Task MustHaveAsync(int id, decimal credited, decimal spent, decimal held)
    {
        var balance = await _wallets[id].BalanceAsync();
        Assert.Equal((id, credited - spent - held, held),
            (id, Books.Amount(balance, "available"), Books.Amount(balance, "held")));
        await _wallets[id].MustHoldAsync();
    }

    /// <summary>Makes the transfer, and says in the source's words what became of it.</summary>
    public async Task<string> TransferAsync(JsonElement transfer)
    {
        var (id, flags) = (transfer.GetProperty("id").GetInt32(), Said.Items(transfer, "flags").Select(
            flag => flag.GetString()).ToList());
        var reply = flags.Contains("pending") ? await HoldAsync(id, transfer)
            : flags.Contains("post_pending_transfer") ? await PostAsync(id, transfer)
            : flags.Contains("void_pending_transfer") ? await VoidAsync(id, transfer)
            : await ChargeAsync(id, transfer);
        if (reply.Status is 200 or 201 && !reply.IsReplay && !flags.Contains("pending")
            && !flags.Contains("void_pending_transfer"))
            await _wallets[_made[id].Credit].GrantAsync(Books.Amount(reply.Body!, "amount"));
        return Word(reply);
    }

    /// <summary>What was moved, or is held, by a transfer.</summary>
    public decimal AmountOf(int id) => _made[id].Amount;

    private async Task<ApiReply> HoldAsync(int id, JsonElement transfer)
    {
        var timeout = Said.NumberOr(transfer, "timeout", 0);
        var more = (timeout > 0 ? $",\"expires_in\":{timeout}" : Never) + Metadata(transfer, default);
        var reply = await WalletOf(transfer).HoldAsync(AmountOf(transfer, Beyond), more, Key(id));
        Note(id, reply, transfer, "amount");
        return reply;
    }

    private async Task<ApiReply> ChargeAsync(int id, JsonElement transfer)
    {
        var more = Metadata(transfer, default);
        var reply = await WalletOf(transfer).ChargeAsync(AmountOf(transfer, Beyond), more, Key(id));
        Note(id, reply, transfer, "amount");
        return reply;
    }

    /// <summary>Beyond what is held: the whole hold. What it does not say is as the pending transfer has it.</summary>
    private async Task<ApiReply> PostAsync(int id, JsonElement transfer)
    {
        var pending = transfer.GetProperty("pending_id").GetInt32();
        if (!_made.TryGetValue(pending, out var hold)) return await NobodyAsync();
        var amount = AmountOf(transfer, transfer.GetProperty("amount").GetString() == Most ? hold.Amount : Beyond);
        var reply = await _wallets[hold.Debit].CaptureAsync(
            hold.Id, amount, ",\"mode\":\"reject\"" + Metadata(transfer, hold.Transfer, hasCode: false), Key(id));
        if (reply.Status == 200 && !reply.IsReplay)
            _made[id] = new(reply.Id, Books.Amount(reply.Body!, "amount"), hold.Debit, hold.Credit, transfer);
        return reply;
    }

    private async Task<ApiReply> VoidAsync(int id, JsonElement transfer)
    {
        var pending = transfer.GetProperty("pending_id").GetInt32();
        if (!_made.TryGetValue(pending, out var hold)) return await NobodyAsync();
        var reply = await _wallets[hold.Debit].ReleaseAsync(hold.Id, Key(id));
        if (reply.Status == 200) _made[id] = hold;
        return reply;
    }

    private Task<ApiReply> NobodyAsync() => server.PostAsync("~/holds/hld_0000000000000000000000000/release");

    private void Note(int id, ApiReply reply, JsonElement transfer, string amount)
    {
        if (reply.Status == 201 && !reply.IsReplay)
            _made[id] = new(
                reply.Id, Books.Amount(reply.Body!, amount), transfer.GetProperty("debit_account_id").GetInt32(),
                transfer.GetProperty("credit_account_id").GetInt32(), transfer);
    }

    private Wallet WalletOf(JsonElement transfer) => _wallets[transfer.GetProperty("debit_account_id").GetInt32()];

    private static decimal AmountOf(JsonElement transfer, decimal most)
    {
        var text = transfer.GetProperty("amount").GetString()!;
        return text.StartsWith(Most, StringComparison.Ordinal) ? most : Said.Number(transfer, "amount");
    }

    private static string Metadata(JsonElement transfer, JsonElement inherited, bool hasCode = true)
    {
        var data = new[] { "user_data_128", "user_data_64", "user_data_32" }.Select(name =>
        {
            var own = Said.NumberOr(transfer, name, 0);
            return own > 0 || inherited.ValueKind == JsonValueKind.Undefined
                ? own : Said.NumberOr(inherited, name, 0);
        });
        var code = hasCode ? Said.NumberOr(transfer, "code", 0) : 0;
        return $",\"metadata\":{{\"code\":{code},\"user_data\":[{string.Join(',', data)}]}}";
    }

    private static string Word(ApiReply reply) => (reply.Status, reply["code"], reply["current_status"]) switch
    {
        (200 or 201, _, _) => reply.IsReplay ? "exists" : "created",
        (422, "idempotency_mismatch", _) => "exists_with_different",
        (402, _, _) => "exceeds",
        (409, "hold_not_open", "captured") => "pending_transfer_already_posted",
        (409, "hold_not_open", "released") => "pending_transfer_already_voided",
        (404, _, _) => "pending_transfer_not_found",
        _ => $"{reply.Status} {reply.Body?.ToJsonString()}",
    };

    private static string Key(int id) => $"t{id}";

    private sealed record Made(string Id, decimal Amount, int Debit, int Credit, JsonElement Transfer);
}
