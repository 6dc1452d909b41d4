using System.Text.Json;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Control;

public sealed class ControlJsonTests
{
    [Fact]
    public void Absent_fields_take_their_defaults()
    {
        var request = JsonSerializer.Deserialize("""{"verb":"status"}""", ControlJson.Default.ControlRequest)!;

        Assert.Equal(1, request.Version);
        Assert.Equal("status", request.Verb);
        Assert.False(request.Services.IsDefault);
    }

    [Fact]
    public void Absent_fields_of_a_definition_take_their_defaults()
    {
        var request = JsonSerializer.Deserialize(
            """{"verb":"define","definition":{"name":"a","component":"a","command":["/bin/true"]}}""",
            ControlJson.Default.ControlRequest)!;

        Assert.Equal(15, request.Definition!.StopSignal);
        Assert.Equal("/", request.Definition.WorkingFolder);
        Assert.False(request.Definition.After.IsDefault);
        Assert.NotNull(request.Definition.Readiness);
    }
}
