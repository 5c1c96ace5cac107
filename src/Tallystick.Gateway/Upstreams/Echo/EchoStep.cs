namespace Tallystick.Gateway.Upstreams.Echo;

/// <summary>A piece of an answer.</summary>
/// <param name="IsWord">It has a word of the answer in it: it is delayed, and the answer may break after it.</param>
internal readonly record struct EchoStep(string Text, bool IsWord);
