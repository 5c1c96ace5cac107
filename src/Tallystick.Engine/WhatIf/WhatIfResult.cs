namespace Tallystick.Engine.WhatIf;

/// <summary>What a period would have brought under other prices and tiers.</summary>
public sealed class WhatIfResult
{
    private readonly SortedDictionary<string, WhatIfFigures> _tiers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, WhatIfFigures> _models = new(StringComparer.Ordinal);
    private readonly List<RunOut> _runOuts = [];

    /// <summary>Of all usage; what was charged by amount is not in it.</summary>
    public WhatIfFigures Total { get; } = new();

    /// <summary>What was charged by amount: no usage is known, so that no price changes it.</summary>
    public WhatIfFigures ByAmount { get; } = new();

    /// <summary>By the account's tier at that time; empty for none.</summary>
    public IReadOnlyDictionary<string, WhatIfFigures> Tiers => _tiers;

    /// <summary>As the usages name them; empty where they name a service alone.</summary>
    public IReadOnlyDictionary<string, WhatIfFigures> Models => _models;

    /// <summary>Accounts that had anything in the period.</summary>
    public long Accounts { get; internal set; }

    /// <summary>In the order in which they would have run out.</summary>
    public IReadOnlyList<RunOut> RunOuts =>
        [.. _runOuts.OrderBy(one => one.At).ThenBy(one => one.AccountId, StringComparer.Ordinal)];

    /// <summary>
    /// Things done to what would not have come about, like the voiding of an allowance that another tier does not give.
    /// </summary>
    public long LeftOut { get; internal set; }

    internal void Add(RunOut runOut) => _runOuts.Add(runOut);

    /// <summary>Where an event counts.</summary>
    /// <param name="model">Null where it was charged by amount.</param>
    internal IReadOnlyList<WhatIfFigures> Of(string tier, string? model) =>
        model is null ? [ByAmount] : [Total, Find(_tiers, tier), Find(_models, model)];

    private static WhatIfFigures Find(SortedDictionary<string, WhatIfFigures> rows, string name)
    {
        if (!rows.TryGetValue(name, out var row)) rows.Add(name, row = new());
        return row;
    }
}
