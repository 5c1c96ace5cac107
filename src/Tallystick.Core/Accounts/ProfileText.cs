using System.Collections.Immutable;
using System.Text.Json;

namespace Tallystick.Core.Accounts;

/// <summary>A profile as the free text of an entry: a JSON object with the members that are set.</summary>
public static class ProfileText
{
    public static ImmutableArray<byte> Write(Profile profile)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (profile.Name is not null) json.WriteString("name", profile.Name);
            if (profile.Email is not null) json.WriteString("email", profile.Email);
            if (profile.Metadata is not null)
            {
                json.WritePropertyName("metadata");
                json.WriteRawValue(profile.Metadata);
            }
            json.WriteEndObject();
        }
        return [.. buffer.WrittenSpan];
    }

    /// <summary>Empty where there is no text, or it has been erased.</summary>
    public static Profile Read(Journal.EntryText? text)
    {
        if (text is null || text.Content.IsEmpty) return Profile.Empty;
        using var json = JsonDocument.Parse(text.Content.AsMemory());
        var root = json.RootElement;
        return new(
            root.TryGetProperty("name", out var name) ? name.GetString() : null,
            root.TryGetProperty("email", out var email) ? email.GetString() : null,
            root.TryGetProperty("metadata", out var metadata) ? metadata.GetRawText() : null);
    }
}
