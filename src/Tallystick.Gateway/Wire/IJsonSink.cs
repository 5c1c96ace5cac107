namespace Tallystick.Gateway.Wire;

/// <summary>Hears what a <see cref="JsonScanner"/> finds. Spans are valid during the call only.</summary>
internal interface IJsonSink
{
    /// <summary>A whole captured value, raw.</summary>
    void Captured(int tag, ReadOnlySpan<byte> value);

    /// <summary>A value that was too long to capture.</summary>
    void Overlong(int tag);

    /// <summary>A piece of a string.</summary>
    void Text(int tag, ReadOnlySpan<byte> piece);

    /// <summary>An element of a list.</summary>
    void Element(int tag);
}
