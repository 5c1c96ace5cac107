using Tallystick.Contracts.Json;
using Tallystick.Core.Money;

namespace Tallystick.Api.Rendering;

internal static class NumberConversions
{
    public static ExactNumber ToNumber(this ExactDecimal value) => ExactNumber.FromDigits(value.ToString());

    /// <summary>Whatever the contract takes, the core takes too.</summary>
    public static ExactDecimal ToDecimal(this ExactNumber number) => ExactDecimal.FromDigits(number.Text);
}
