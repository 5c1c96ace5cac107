namespace Tallystick.Core.Reports;

/// <summary>What a request's metadata says under a key that its project reports by.</summary>
public readonly record struct Label(string Key, string Value)
{
    /// <summary>Longer values are not reported by.</summary>
    public const int ValueLengthMax = 128;
}
