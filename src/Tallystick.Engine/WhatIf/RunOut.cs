using Tallystick.Core.Time;

namespace Tallystick.Engine.WhatIf;

/// <summary>An account that would have run out.</summary>
/// <param name="Tier">Empty: none.</param>
/// <param name="At">When it was refused for the first time, or came to owe.</param>
/// <param name="Reason">
/// <c>debt</c>, or what refused it: <c>balance</c>, <c>monthly_cap</c>, <c>budget:…</c>.
/// </param>
/// <param name="Refused">How many of its charges and holds would have been refused in all.</param>
public sealed record RunOut(string AccountId, string Tier, Instant At, string Reason, long Refused);
