using Tallystick.Core;

namespace Tallystick.Api.Http;

/// <summary>A refusal of the core that a read met, on its way to the edge.</summary>
internal sealed class RejectionException(Rejection rejection) : Exception(rejection.Code)
{
    public Rejection Rejection { get; } = rejection;
}
