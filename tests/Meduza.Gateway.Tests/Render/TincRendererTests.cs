using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Render;

public sealed class TincRendererTests
{
    private static (string PidFile, bool HasFolder) Rendered(Machine machine)
    {
        var state = Fleet.Keys.Render("gw-a", machine);
        var service = state.Services.Single(service => service.Name == "tinc");
        return (service.Command.Single(word => word.StartsWith("--pidfile=", StringComparison.Ordinal)), state.Folders.Any(folder => folder.Path == "/run/tinc"));
    }

    [Fact]
    public void Tincd_of_1_0_has_no_pid_file_and_that_of_1_1_has_one_with_room_beside_it_for_its_control_socket()
    {
        Assert.Equal(("--pidfile=/proc/self/fd/0", false), Rendered(new Machine()));
        Assert.Equal(("--pidfile=/run/tinc/mesh.pid", true), Rendered(new Machine { TincHasControl = true }));
        Assert.Equal(("/run/tinc/mesh.pid", "/run/tinc/mesh.socket"), (TincControl.PidFile("mesh"), TincControl.SocketPath("mesh")));
    }
}
