using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using Tallystick.Core.Usage;

namespace Tallystick.Core.Pricing.Import;

/// <summary>
/// The name of a rate in litellm's table: what it is for, with suffixes for a context tier
/// (<c>_above_200k_tokens</c>) and a mode (<c>_priority</c>), in any order.
/// </summary>
/// <param name="Unit">The unit; its name in the table is per one, also of tokens and characters.</param>
/// <param name="Threshold">0: no tier.</param>
internal readonly partial record struct LiteLlmKey(Unit Unit, long Threshold, UsageMode Mode)
{
    private static readonly FrozenDictionary<string, string> Rates = new Dictionary<string, string>
    {
        ["input_cost_per_token"] = "input",
        ["output_cost_per_token"] = "output",
        ["cache_read_input_token_cost"] = "cache_read",
        ["input_cost_per_token_cache_hit"] = "cache_read",
        ["cache_creation_input_token_cost"] = "cache_write",
        ["cache_creation_input_token_cost_above_1hr"] = "cache_write_1h",
        ["output_cost_per_reasoning_token"] = "reasoning",
        ["input_cost_per_audio_token"] = "input_audio",
        ["output_cost_per_audio_token"] = "output_audio",
        ["input_cost_per_image_token"] = "input_image",
        ["output_cost_per_image_token"] = "output_image",
        ["input_cost_per_video_token"] = "input_video",
        ["output_cost_per_video_token"] = "output_video",
        ["cache_read_input_audio_token_cost"] = "cache_read_audio",
        ["cache_creation_input_audio_token_cost"] = "cache_write_audio",
        ["cache_read_input_image_token_cost"] = "cache_read_image",
        ["input_cost_per_image"] = "input_images",
        ["output_cost_per_image"] = "images",
        ["input_cost_per_pixel"] = "input_pixels",
        ["output_cost_per_pixel"] = "output_pixels",
        ["input_cost_per_character"] = "characters",
        ["output_cost_per_character"] = "output_characters",
        ["input_cost_per_second"] = "seconds",
        ["output_cost_per_second"] = "seconds",
        ["input_cost_per_audio_per_second"] = "input_audio_seconds",
        ["input_cost_per_video_per_second"] = "input_video_seconds",
        ["output_cost_per_video_per_second"] = "output_video_seconds",
        ["ocr_cost_per_page"] = "pages",
        ["annotation_cost_per_page"] = "annotated_pages",
        ["input_cost_per_query"] = "requests",
        ["input_cost_per_request"] = "requests",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool TryParse(string key, out LiteLlmKey parsed)
    {
        var match = Suffixes.Match(key);
        parsed = default;
        if (!Rates.TryGetValue(match.Groups["name"].Value, out var name)) return false;
        if (!Unit.TryFromRate(name, out var unit)) return false;
        var threshold = match.Groups["threshold"].Value;
        parsed = new(
            unit,
            threshold.Length == 0 ? 0
                : long.Parse(threshold, NumberStyles.None, CultureInfo.InvariantCulture)
                    * match.Groups["scale"].Value switch { "m" => 1_000_000, "k" => 1_000, _ => 1 },
            match.Groups["mode"].Value switch
            {
                "priority" => UsageMode.Priority,
                "flex" => UsageMode.Flex,
                "" => UsageMode.Standard,
                _ => UsageMode.Batch,
            });
        return true;
    }

    [GeneratedRegex(
        "^(?<name>.+?)(_above_(?<threshold>[0-9]{1,9})(?<scale>[km]?)_tokens"
        + "|_(?<mode>priority|flex|batches|batch_requests))*$")]
    private static partial Regex Suffixes { get; }
}
