using Tallystick.Core.Money;
using Tallystick.Core.Usage;
using Tallystick.Gateway.Dialects;
using Tallystick.Gateway.Dialects.Usage;

namespace Tallystick.Gateway.Pricing;

/// <summary>
/// What is charged for where a provider does not say: a token for four bytes of text, a thousand for an image, and what
/// the request itself tells of images, seconds and characters. See docs/gateway.md.
/// </summary>
internal static class UsageEstimate
{
    private const long BytesPerToken = 4;

    /// <summary>Speech that is paid by its tokens has some two for a character.</summary>
    private const long AudioTokensPerCharacter = 2;

    /// <summary>Uploads are mostly compressed to 32 kbit/s and more.</summary>
    private const long UploadBytesPerSecond = 4_000;

    public static MeteredUsage Of(ModelCall call, ResponseMeter meter)
    {
        var sheet = new UsageSheet().Add(Unit.Input, call.Size.TokensEstimate);
        if (call.HasOutput)
            sheet.Add(Unit.Output, OutputTokens(meter.OutputBytes) + (call.Characters * AudioTokensPerCharacter));
        if (call.Characters > 0) sheet.Add(Unit.Characters, call.Characters);
        if (call.Seconds > 0) sheet.Add(Unit.Seconds, 1 + (call.Size.AudioBytes / UploadBytesPerSecond));
        if (meter.Images > 0) sheet.Add(Unit.Images, meter.Images);
        return sheet.ToUsage(serviceTier: meter.ServiceTier);
    }

    public static long OutputTokens(long bytes) => (bytes + BytesPerToken - 1) / BytesPerToken;

    /// <summary>
    /// An answer that broke off: what its provider had counted by then, but no less output than has passed.
    /// </summary>
    public static MeteredUsage Grown(MeteredUsage usage, ResponseMeter meter)
    {
        var passed = ExactDecimal.From(OutputTokens(meter.OutputBytes));
        if (usage[Unit.Output] is { } counted && counted >= passed) return usage;
        var others = usage.Quantities.RemoveAll(quantity => quantity.Unit == Unit.Output);
        return usage with { Quantities = others.Add(new(Unit.Output, passed)) };
    }
}
