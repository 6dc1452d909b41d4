using Meduza.Gateway.Render;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Control;

public sealed class ControlJsonTests
{
    [Fact]
    public void Absent_fields_take_their_defaults()
    {
        var request = JsonText.Parse("""{"verb":"status"}"""u8, ControlJson.ReadControlRequest);

        Assert.Equal(1, request.Version);
        Assert.Equal("status", request.Verb);
        Assert.False(request.Services.IsDefault);
    }

    [Fact]
    public void Absent_fields_of_a_definition_take_their_defaults()
    {
        var request = JsonText.Parse("""{"verb":"define","definition":{"name":"a","component":"a","command":["/bin/true"]}}"""u8, ControlJson.ReadControlRequest);

        Assert.Equal(15, request.Definition!.StopSignal);
        Assert.Equal("/", request.Definition.WorkingFolder);
        Assert.False(request.Definition.After.IsDefault);
        Assert.NotNull(request.Definition.Readiness);
        Assert.Equal((ServiceKind.Daemon, RequiredRestart.Restart, 60_000), (request.Definition.Kind, request.Definition.WhenRequiredRestarts, request.Definition.StartTimeoutMilliseconds));
        Assert.False(request.Definition.Requires.IsDefault);
        Assert.Null(request.Definition.Health);
    }

    [Fact]
    public void Absent_fields_of_a_health_check_take_their_defaults()
    {
        var request = JsonText.Parse("""{"verb":"define","definition":{"name":"a","component":"a","command":["/bin/true"],"health":{"probe":{"kind":"File","target":"/run/a"}}}}"""u8, ControlJson.ReadControlRequest);

        Assert.Equal(new HealthCheck(new Readiness(ReadinessKind.File, "/run/a")), request.Definition!.Health);
        Assert.Equal((10_000, 1_000, 3, 1), (request.Definition.Health!.IntervalMilliseconds, request.Definition.Health.TimeoutMilliseconds, request.Definition.Health.FailureThreshold, request.Definition.Health.SuccessThreshold));
    }
}
