namespace Tallystick.Engine.Identity.Tokens;

/// <summary>
/// An issuer's keys could not be fetched: whether a token is good is not known, so it is not taken. Worth another try.
/// </summary>
public sealed class IssuerUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
