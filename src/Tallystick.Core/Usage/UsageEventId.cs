using System.Security.Cryptography;
using System.Text;
using Tallystick.Core.Journal;

namespace Tallystick.Core.Usage;

/// <summary>What makes a usage event this one: once per account, whatever else it says and however it came.</summary>
/// <param name="Source">Who counted, by the caller's word.</param>
/// <param name="Id">The source's own id of it.</param>
public readonly record struct UsageEventId(string Source, string Id)
{
    public const int LengthMax = 255;
    private const int KeyBytes = 16;

    /// <summary>
    /// The key that its entry claims. Neither part has a control character: the pair is one text.
    /// </summary>
    public string Key
    {
        get
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Source}\n{Id}"));
            return Origin.OwnKey("event " + Convert.ToHexStringLower(hash.AsSpan(0, KeyBytes)));
        }
    }
}
