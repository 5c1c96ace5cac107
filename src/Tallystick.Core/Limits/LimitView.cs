using System.Collections.Immutable;
using Tallystick.Core.Holds;
using Tallystick.Core.Money;

namespace Tallystick.Core.Limits;

/// <summary>What limits look at: the same for a decision and for whoever asks beforehand.</summary>
/// <param name="Cap">The account's own, else its tier's; null for none.</param>
/// <param name="Spent">Of the present period, less what was refunded of it.</param>
/// <param name="Held">The open amounts of open holds.</param>
internal readonly record struct LimitView(
    CreditAmount? Cap, CreditAmount Spent, CreditAmount Held, ImmutableArray<Budget> Budgets,
        ImmutableArray<Hold> Holds);
