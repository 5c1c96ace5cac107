namespace Tallystick.Contracts.Generations;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
public sealed record GenerateMessage(string Role, string Content);
