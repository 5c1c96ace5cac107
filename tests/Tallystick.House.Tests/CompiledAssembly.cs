using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Tallystick.House.Tests;

/// <summary>What a compiled assembly of ours refers to, read without loading it.</summary>
internal sealed class CompiledAssembly : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;

    /// <param name="project">The project file, from the root of the repository.</param>
    public CompiledAssembly(string project)
    {
        Project = Path.GetFileNameWithoutExtension(project);
        _file = new(File.OpenRead(Path.Combine(AppContext.BaseDirectory, AssemblyOf(project) + ".dll")));
        _metadata = _file.GetMetadataReader();
    }

    public string Project { get; }

    public IEnumerable<string> References =>
        from handle in _metadata.AssemblyReferences
        select _metadata.GetString(_metadata.GetAssemblyReference(handle).Name);

    /// <summary>Full names of the types that it uses from elsewhere.</summary>
    public IEnumerable<string> Types => _metadata.TypeReferences.Select(NameOf);

    /// <summary>Members that it uses from elsewhere, as <c>Namespace.Type.Member</c>.</summary>
    public IEnumerable<string> Members =>
        from handle in _metadata.MemberReferences
        let member = _metadata.GetMemberReference(handle)
        where member.Parent.Kind == HandleKind.TypeReference
        select $"{NameOf((TypeReferenceHandle)member.Parent)}.{_metadata.GetString(member.Name)}";

    public void Dispose() => _file.Dispose();

    private string NameOf(TypeReferenceHandle handle)
    {
        var type = _metadata.GetTypeReference(handle);
        var name = _metadata.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{NameOf((TypeReferenceHandle)type.ResolutionScope)}.{name}"
            : $"{_metadata.GetString(type.Namespace)}.{name}";
    }

    private static string AssemblyOf(string project) =>
        System.Xml.Linq.XDocument.Parse(Repository.Read(project)).Descendants("AssemblyName").FirstOrDefault()?.Value
        ?? Path.GetFileNameWithoutExtension(project);
}
