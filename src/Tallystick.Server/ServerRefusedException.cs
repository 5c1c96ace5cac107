namespace Tallystick.Server;

/// <summary>A running server has answered a command's request with a problem.</summary>
internal sealed class ServerRefusedException(string message, int status) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>It is the request that is wrong, not the server or the key.</summary>
    public bool IsUsage => Status is 400 or 413 or 422;
}
