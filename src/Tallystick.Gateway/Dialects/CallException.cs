namespace Tallystick.Gateway.Dialects;

/// <summary>A call that cannot be taken as it is: 400 in the provider's error object, naming the parameter.</summary>
internal sealed class CallException(string? parameter, string message) : Exception(message)
{
    public string? Parameter { get; } = parameter;
}
