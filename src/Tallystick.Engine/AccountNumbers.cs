using Tallystick.Core.Journal;
using Tallystick.Engine.Lanes;

namespace Tallystick.Engine;

/// <summary>The numbers that an account may have: those of its id's probes, in order.</summary>
public static class AccountNumbers
{
    public static IEnumerable<ChainKey> Of(int project, string accountId) =>
        Enumerable.Range(0, Turn.ProbesMax).Select(probe => ChainKey.OfAccount(project, accountId, probe));
}
