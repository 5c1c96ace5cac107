namespace Tallystick.Gateway.Dialects;

/// <summary>What a <see cref="ResponseShape"/> finds at its paths.</summary>
internal static class Tags
{
    public const int Usage = 1, Model = 2, ServiceTier = 3, Event = 4, Choice = 5;
    public const int Output = 6, OutputItem = 7, Image = 8, Duration = 9, Error = 10, Vector = 11;
}
