using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Tallystick.Api.OpenApi;

/// <summary>
/// What the contracts' doc comments say, as Markdown: the compiler's own file of them, embedded in this assembly.
/// </summary>
internal static partial class DocComments
{
    private static readonly Lazy<Dictionary<string, XElement>> Members = new(() =>
        XDocument.Load(typeof(DocComments).Assembly.GetManifestResourceStream("contracts.xml")!)
            .Descendants("member").ToDictionary(member => (string)member.Attribute("name")!));

    /// <summary>Null where there is none.</summary>
    public static string? Of(Type type) => Text(Find("T:" + NameOf(type))?.Element("summary"));

    public static string? Of(MemberInfo member)
    {
        var type = member.DeclaringType!;
        var own = Find($"P:{NameOf(type)}.{member.Name}")?.Element("summary");
        var parameter = Find("T:" + NameOf(type))?.Elements("param")
            .FirstOrDefault(one => (string?)one.Attribute("name") == member.Name);
        return Text(own ?? parameter);
    }

    private static XElement? Find(string name) => Members.Value.GetValueOrDefault(name);

    private static string NameOf(Type type) =>
        (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!;

    private static string? Text(XElement? element)
    {
        if (element is null) return null;
        var text = string.Concat(element.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "see" } see => $"`{Spelled((string)see.Attribute("cref")!)}`",
            XElement other => $"`{other.Value}`",
            _ => node.ToString(),
        }));
        return Spaces().Replace(System.Net.WebUtility.HtmlDecode(text), " ").Trim();
    }

    /// <summary>A member as it travels; a type by its name.</summary>
    private static string Spelled(string reference)
    {
        var name = reference[(reference.LastIndexOf('.') + 1)..];
        return reference.StartsWith("P:", StringComparison.Ordinal)
            ? System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name)
            : name;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
