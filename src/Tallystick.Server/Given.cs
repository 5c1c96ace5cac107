namespace Tallystick.Server;

/// <summary>
/// What the environment says where the command line does not. It is read after the command line, and is nobody's
/// default value: of those <c>--help</c> and each error of usage show what they are.
/// </summary>
internal static class Given
{
    /// <summary>Null where it is unset or empty, which is all that a compose file can make of unset.</summary>
    public static string? In(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    public static FileInfo? FileIn(string variable) => In(variable) is { } path ? new(path) : null;
}
