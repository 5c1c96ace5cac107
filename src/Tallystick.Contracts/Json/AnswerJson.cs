using System.Text.Json.Serialization;

namespace Tallystick.Contracts.Json;

/// <summary>How a caller reads answers: amounts may be negative, and members of later versions are skipped.</summary>
public static class AnswerJson
{
    public static ContractsJson Default { get; } = new(new(ContractsJson.Default.Options)
    {
        Converters = { new SignedAmountConverter(), new SignedNumberConverter() },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    });
}
