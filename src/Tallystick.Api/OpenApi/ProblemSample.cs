using System.Text.Json.Nodes;
using Tallystick.Contracts;

namespace Tallystick.Api.OpenApi;

/// <summary>A problem as it is answered for a code, with the members that belong to it.</summary>
internal static class ProblemSample
{
    public static JsonObject Of(string code)
    {
        var (status, when) = ErrorTable.Codes[code];
        var sample = Sample.Object(typeof(ProblemResponse), isTaken: false);
        foreach (var member in sample.Select(member => member.Key).ToList()) sample[member] = null;
        sample["type"] = "urn:tallystick:problem:" + code;
        sample["title"] = code.Replace('_', ' ');
        sample["status"] = status;
        sample["detail"] = char.ToUpperInvariant(when[0]) + when[1..].Replace("`", "", StringComparison.Ordinal) + ".";
        sample["code"] = code;
        sample["trace_id"] = MemberRules.SampleOf(typeof(ProblemResponse), "trace_id");
        switch (code)
        {
            case ErrorCodes.InsufficientCredits:
                (sample["required"], sample["available"], sample["limit_source"]) = ("5.000000", "2.500000", "balance");
                break;
            case ErrorCodes.InvalidRequest or ErrorCodes.InvalidAmount:
                sample["errors"] = new JsonObject { ["amount"] = "must be greater than 0" };
                break;
            case ErrorCodes.AlreadyRefunded:
                sample["refundable"] = "1.000000";
                break;
            case ErrorCodes.HoldNotOpen:
                sample["current_status"] = "captured";
                break;
        }
        return sample;
    }
}
