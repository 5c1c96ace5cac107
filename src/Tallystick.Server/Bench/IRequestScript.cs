namespace Tallystick.Server.Bench;

/// <summary>What one connection sends, request by request.</summary>
internal interface IRequestScript
{
    /// <summary>The next request's bytes; they stand until the one after it is asked for.</summary>
    ReadOnlyMemory<byte> Next();
}
