namespace Tallystick.Contracts;

/// <summary>A body that may be empty or <c>{}</c>.</summary>
public sealed record EmptyRequest;
