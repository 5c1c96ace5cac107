namespace Tallystick.Api.Http;

/// <summary>What a route makes of an <c>Idempotency-Key</c>.</summary>
internal enum KeyUse
{
    /// <summary>Not looked at: the change is idempotent by nature and its answer is the present state.</summary>
    Ignored,
    Optional,
    Required,
}
