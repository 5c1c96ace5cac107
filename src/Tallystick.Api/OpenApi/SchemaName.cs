using Tallystick.Contracts;

namespace Tallystick.Api.OpenApi;

/// <summary>
/// What a contract is called in the document: <c>HoldResponse</c> is a Hold, a page of them a HoldPage.
/// </summary>
internal static class SchemaName
{
    private const string Response = "Response", Request = "Request";

    public static string Of(Type type, bool isTaken)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Page<>))
            return Of(type.GenericTypeArguments[0], isTaken: false) + "Page";
        if (type.Name.EndsWith(Response, StringComparison.Ordinal)) return type.Name[..^Response.Length];
        return isTaken && !type.Name.EndsWith(Request, StringComparison.Ordinal) ? type.Name + "Input" : type.Name;
    }
}
