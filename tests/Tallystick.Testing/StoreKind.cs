namespace Tallystick.Testing;

/// <summary>The stores that a test can be run over.</summary>
public enum StoreKind
{
    Memory,

    /// <summary>The embedded store as it ships.</summary>
    Sqlite,

    /// <summary>The same with bounds so small that a few dozen entries leave memory and are merged on disk.</summary>
    SqliteTiny,

    /// <summary>A database of its own on a real server.</summary>
    Postgres,
}
