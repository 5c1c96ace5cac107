namespace Tallystick.Core.Reports;

/// <summary>By what reports tell events apart. The words are stored.</summary>
public static class Axis
{
    /// <summary>By nothing: its one value is the empty text.</summary>
    public const string All = "";
    public const string Model = "model";

    /// <summary>The usage's service, or the provider where it names none.</summary>
    public const string Service = "service";

    /// <summary>A metadata key that the project reports by.</summary>
    public static string Of(string key) => ":" + key;
}
