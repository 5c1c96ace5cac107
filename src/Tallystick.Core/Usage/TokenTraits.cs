namespace Tallystick.Core.Usage;

/// <summary>
/// What kind of tokens a count is about. A count with more traits is a part of every count with fewer of them: cached
/// audio input is part of the cached input, of the audio input, and of the input.
/// </summary>
[Flags]
public enum TokenTraits
{
    None = 0,
    Input = 1,
    Output = 1 << 1,
    CacheRead = 1 << 2,
    CacheWrite = 1 << 3,
    FiveMinutes = 1 << 4,
    OneHour = 1 << 5,
    Tool = 1 << 6,
    Reasoning = 1 << 7,
    Citation = 1 << 8,
    Text = 1 << 9,
    Audio = 1 << 10,
    Image = 1 << 11,
    Video = 1 << 12,
}
