using System.Collections;
using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tallystick.Contracts.Json;

namespace Tallystick.Api.Http;

/// <summary>
/// Refuses nulls within lists and maps: the serializer holds members to what their types say of null, and lets elements
/// pass.
/// </summary>
internal static class NullElements
{
    private static readonly ConcurrentDictionary<Type, bool> Looked = new();

    /// <exception cref="JsonException">Names the place.</exception>
    public static void Refuse(object value, JsonTypeInfo type, string path = "$")
    {
        if (!CanHold(type.Type)) return;
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Enumerable:
                var index = 0;
                foreach (var element in (IEnumerable)value) RefuseIn(element, type.ElementType!, $"{path}[{index++}]");
                break;
            case JsonTypeInfoKind.Dictionary:
                foreach (DictionaryEntry entry in (IDictionary)value)
                    RefuseIn(entry.Value, type.ElementType!, $"{path}.{entry.Key}");
                break;
            case JsonTypeInfoKind.Object:
                foreach (var member in type.Properties)
                    if (CanHold(member.PropertyType) && member.Get!(value) is { } held)
                        Refuse(held, InfoOf(member.PropertyType)!, $"{path}.{member.Name}");
                break;
        }
    }

    private static void RefuseIn(object? element, Type type, string path)
    {
        if (element is null) throw new JsonException("expected something other than null", path, null, null);
        if (CanHold(type)) Refuse(element, InfoOf(type)!, path);
    }

    /// <summary>Whether a list or map of what may be null is anywhere in it.</summary>
    private static bool CanHold(Type type)
    {
        if (Looked.TryGetValue(type, out var known)) return known;
        // What leads back to itself is decided by the rest of it.
        Looked[type] = false;
        var info = InfoOf(type);
        return Looked[type] = info?.Kind switch
        {
            JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary =>
                !info.ElementType!.IsValueType || CanHold(info.ElementType),
            JsonTypeInfoKind.Object => info.Properties.Any(member => CanHold(member.PropertyType)),
            _ => false,
        };
    }

    private static JsonTypeInfo? InfoOf(Type type) => ContractsJson.Default.GetTypeInfo(type);
}
