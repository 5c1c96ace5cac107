namespace Tallystick.Api.Http;

/// <summary>What a change is answered with, before it is known whether alone or as part of a batch.</summary>
/// <param name="Replayed">An earlier request had done it.</param>
/// <param name="Body">JSON.</param>
internal readonly record struct Answer(int Status, bool Replayed, byte[] Body);
