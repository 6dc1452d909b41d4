using System.Text.Json.Nodes;

namespace Meduza.Lab.Supervision;

/// <summary>
/// A cgroup a service, on a machine whose unified hierarchy can be written, and the same services on one where it cannot.
/// The controllers are tested on the virtual machine, whose kernel has them.
/// </summary>
public sealed class CgroupTests
{
    /// <summary>A child that nothing but a cgroup gives away: a session, a parent and an environment of its own.</summary>
    private const string Escapee = "setsid env -i sh -c 'sleep 4321 & sleep 4321' & sleep 1; exec sleep 1000";

    private static string GroupOf(int hostPid) =>
        File.ReadLines($"/proc/{hostPid}/cgroup").Single(l => l.StartsWith("0::", StringComparison.Ordinal))[3..];

    [Fact]
    public void Each_service_has_a_group_of_its_own_beside_that_of_PID_1_and_it_goes_with_the_service()
    {
        using var machine = new Machine();
        machine.Define("a.b", ["/bin/sleep", "1000"]);
        machine.UntilState("a.b", "ready");
        machine.UntilState("agent", "ready");

        Assert.EndsWith("/a.b.service", GroupOf(machine.HostPid(machine.Pid("a.b"))), StringComparison.Ordinal);
        Assert.EndsWith("/agent.service", GroupOf(machine.HostPid(machine.Pid("agent"))), StringComparison.Ordinal);
        Assert.EndsWith("/meduza-init", GroupOf(machine.Init.HostPid), StringComparison.Ordinal);
        var folder = $"{machine.Init.Root}/sys/fs/cgroup/a.b.service";
        Assert.True(Directory.Exists(folder));

        machine.Ask(new() { ["verb"] = "remove", ["services"] = new JsonArray("a.b") });
        Machine.Until(() => !Directory.Exists(folder), "removal of the group");
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("restart")]
    public void What_left_session_parent_and_environment_dies_with_its_service(string verb)
    {
        using var machine = new Machine();
        machine.Define("a", Escapee);
        Machine.Until(() => machine.Running("sleep 4321").Count == 2 && machine.Running("sleep 1000").Count == 1, "escapees");
        var before = machine.Running("sleep 4321");

        machine.Ask(new() { ["verb"] = verb, ["services"] = new JsonArray("a") });

        Machine.Until(() => !before.Any(old => machine.Running("sleep 4321").Any(now => now.HostPid == old.HostPid)), "end of the escapees");
    }

    [Fact]
    public void Without_a_hierarchy_to_write_services_run_and_what_they_leave_is_found_by_session_and_mark()
    {
        // Something is mounted there, so PID 1 leaves it alone.
        using var machine = new Machine(new() { Prepare = "mkdir -p /sys/fs/cgroup; mount -n -t tmpfs -o ro none /sys/fs/cgroup" });
        machine.Define("a", "setsid sleep 4321 & sleep 4322 & exec sleep 1000");
        Machine.Until(() => machine.Running("sleep 4321").Count + machine.Running("sleep 4322").Count == 2, "strays");
        Assert.False(Directory.Exists($"{machine.Init.Root}/sys/fs/cgroup/a.service"));
        Assert.Null(machine.Status("a")["memory_bytes"]);

        machine.Ask(new() { ["verb"] = "stop", ["services"] = new JsonArray("a") });

        Machine.Until(() => machine.Running("sleep 4321").Count + machine.Running("sleep 4322").Count == 0, "end of the strays");
    }
}
