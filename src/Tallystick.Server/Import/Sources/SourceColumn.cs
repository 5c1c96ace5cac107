namespace Tallystick.Server.Import.Sources;

/// <summary>A column that is looked for, by the name that a document gives it, and by others that systems have for it.
/// </summary>
internal sealed record SourceColumn(string Name, params string[] Others)
{
    public bool IsOptional { get; init; }

    /// <summary>Must be there: the import says which is missing and guesses nothing.</summary>
    public static SourceColumn Required(string name, params string[] others) => new(name, others);

    public static SourceColumn Optional(string name, params string[] others) => new(name, others) { IsOptional = true };
}
