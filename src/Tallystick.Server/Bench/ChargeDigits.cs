namespace Tallystick.Server.Bench;

/// <summary>Where the account and the key of a charge stand in its text, and how they are written there.</summary>
internal sealed class ChargeDigits(string text)
{
    /// <summary>What stands for the account's number.</summary>
    public const string Account = "#######";

    /// <summary>What stands for the key's number.</summary>
    public const string Key = "************";

    private readonly int _accountAt = text.IndexOf(Account, StringComparison.Ordinal);
    private readonly int _keyAt = text.IndexOf(Key, StringComparison.Ordinal);

    public void Write(Span<byte> buffer, int account, long number)
    {
        Write(buffer.Slice(_accountAt, Account.Length), account);
        Write(buffer.Slice(_keyAt, Key.Length), number);
    }

    private static void Write(Span<byte> digits, long value)
    {
        for (var i = digits.Length - 1; i >= 0; i--, value /= 10) digits[i] = (byte)('0' + value % 10);
    }
}
