namespace Tallystick.Server.Tests.Crashes;

/// <summary>A request that was written down before it was sent.</summary>
internal sealed record Intent(string Key, string Path, string Body);

/// <summary>What the server said to it: only the first 2xx counts.</summary>
internal sealed record Answer(int Status, string Body, bool IsReplayed)
{
    public bool IsDone => Status is >= 200 and < 300;
}
