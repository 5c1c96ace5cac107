using Xunit;

namespace Tallystick.House.Tests;

internal static class Check
{
    /// <summary>Fails with every violation on a line of its own.</summary>
    public static void None(IEnumerable<string> violations)
    {
        var found = violations.ToList();
        if (found.Count > 0) Assert.Fail(string.Join('\n', found));
    }
}
