using System.Numerics;

namespace Tallystick.Model;

/// <summary>So much of a bucket of another system's account.</summary>
public sealed record BucketShare(string Bucket, BigInteger Amount);
