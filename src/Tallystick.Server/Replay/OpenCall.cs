namespace Tallystick.Server.Replay;

/// <summary>A call on its way: what it has got, and which step comes next.</summary>
internal sealed class OpenCall(PlannedCall plan)
{
    public PlannedCall Plan { get; } = plan;
    public int Next { get; set; }
    public string HoldId { get; set; } = "";
    public string ChargeId { get; set; } = "";
    public bool IsOver => Next == Plan.Steps.Count;
    public PlannedStep Step => Plan.Steps[Next];
}
