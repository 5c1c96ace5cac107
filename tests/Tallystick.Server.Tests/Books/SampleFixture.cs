using Tallystick.Server.Tests.Books;
using Xunit;

[assembly: AssemblyFixture(typeof(SampleFixture))]

namespace Tallystick.Server.Tests.Books;

/// <summary>The sample books, written once; tests that change them take a copy.</summary>
public sealed class SampleFixture : IAsyncLifetime
{
    internal BookFolder Folder { get; private set; } = null!;
    public async ValueTask InitializeAsync() => Folder = await BookFolder.WithSampleAsync();

    public ValueTask DisposeAsync()
    {
        Folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
