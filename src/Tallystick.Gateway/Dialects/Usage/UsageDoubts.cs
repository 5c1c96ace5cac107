namespace Tallystick.Gateway.Dialects.Usage;

/// <summary>Why a provider's figures cannot be taken as they are.</summary>
[Flags]
internal enum UsageDoubts
{
    None = 0,

    /// <summary>There is no usage, or a figure that the call must have is not in it.</summary>
    Missing = 1,

    /// <summary>A figure is negative, no integer, or more than any model can do.</summary>
    Invalid = 2,

    /// <summary>An object with usage was longer than what is kept of a response.</summary>
    Overlong = 4,
}
