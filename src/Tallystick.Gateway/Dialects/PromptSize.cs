using System.Text.Json;

namespace Tallystick.Gateway.Dialects;

/// <summary>
/// Adds up a prompt while a dialect walks it. Everything counts as text, byte for byte, but what is known to be the
/// inline data of an image or of audio: whatever a client invents to look smaller is counted as text.
/// </summary>
internal sealed class PromptSize(CallBody body)
{
    private long _textBytes = body.Bytes.Length;
    private long _audioBytes;
    private int _images, _providerTools;

    public bool IsBounded { get; private set; } = true;
    public RequestSize Size => new(_textBytes, _images, _audioBytes, _providerTools);

    /// <summary>The prompt takes in what the request does not hold.</summary>
    public void Unbound() => IsBounded = false;

    public void ProviderTool() => _providerTools++;

    /// <summary>An image by a <c>data:</c> or other address.</summary>
    public void ImageByAddress(JsonElement? address)
    {
        _images++;
        if (address is not { ValueKind: JsonValueKind.String } value) return;
        var raw = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value);
        if (raw.StartsWith("\"data:image/"u8)) _textBytes -= raw.Length;
        else if (raw.StartsWith("\"data:"u8)) Unbound();
    }

    /// <summary>Inline data of a media type, in base64.</summary>
    public void Inline(string mediaType, JsonElement? data)
    {
        if (data is not { ValueKind: JsonValueKind.String } value) return;
        var length = body.Locate(value).Length;
        if (mediaType.StartsWith("image/", StringComparison.Ordinal)) _images++;
        else if (mediaType.StartsWith("audio/", StringComparison.Ordinal)) _audioBytes += length * 3L / 4;
        else
        {
            Unbound();
            return;
        }
        _textBytes -= length;
    }
}
