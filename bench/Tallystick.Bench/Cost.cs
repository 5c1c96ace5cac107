namespace Tallystick.Bench;

/// <summary>Of one operation: processor time of all threads, and memory allocated by them.</summary>
internal readonly record struct Cost(double Microseconds, double Bytes);
