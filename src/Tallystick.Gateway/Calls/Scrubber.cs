using System.Text;

namespace Tallystick.Gateway.Calls;

/// <summary>Takes an upstream's key out of what the upstream says, should it repeat it.</summary>
internal static class Scrubber
{
    private const int LengthMin = 8;

    public static byte[] Scrub(byte[] body, string? key)
    {
        if (key is not { Length: >= LengthMin }) return body;
        var secret = Encoding.UTF8.GetBytes(key);
        return body.AsSpan().IndexOf(secret) < 0
            ? body
            : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace(key, "[key]", StringComparison.Ordinal));
    }
}
