using System.Text;

namespace Tallystick.Gateway.Wire;

/// <summary>What a <see cref="JsonScanner"/> does with the values at a path.</summary>
internal enum PathUse
{
    /// <summary>Nothing: the path only leads on to others.</summary>
    None,

    /// <summary>Hands over the value's raw bytes, whole.</summary>
    Capture,

    /// <summary>Hands over the bytes of strings as they come, escaped as they are.</summary>
    Text,

    /// <summary>Says that a list has an element.</summary>
    Elements,
}

/// <summary>
/// The paths that a scanner looks for, as a tree of member names. Lists add nothing to a path:
/// <c>choices.delta.content</c> is the content of each choice.
/// </summary>
internal sealed class JsonPaths
{
    private readonly List<JsonPaths> _children = [];
    private readonly byte[] _name;

    private JsonPaths(string name) => _name = Encoding.UTF8.GetBytes(name);

    public PathUse Use { get; private set; }

    /// <summary>What the dialect calls the path; several may share a tag.</summary>
    public int Tag { get; private set; }

    public static JsonPaths Of(params ReadOnlySpan<(string Path, PathUse Use, int Tag)> paths)
    {
        var root = new JsonPaths("");
        foreach (var (path, use, tag) in paths)
        {
            var node = root;
            foreach (var name in path.Split('.')) node = node.Child(name);
            (node.Use, node.Tag) = (use, tag);
        }
        return root;
    }

    public JsonPaths? Find(ReadOnlySpan<byte> name)
    {
        foreach (var child in _children)
            if (name.SequenceEqual(child._name)) return child;
        return null;
    }

    private JsonPaths Child(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        if (Find(bytes) is { } known) return known;
        var child = new JsonPaths(name);
        _children.Add(child);
        return child;
    }
}
