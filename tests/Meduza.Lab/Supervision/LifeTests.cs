using System.Globalization;
using System.Text.Json.Nodes;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Supervision;

/// <summary>The life of a machine: its agent dies, services flood and hang, and it stops.</summary>
public sealed class LifeTests
{
    [Fact]
    public void An_agent_that_is_killed_is_started_again_and_nothing_else_is()
    {
        using var machine = new Machine();
        for (var i = 0; i < 5; i++)
            machine.Define($"s{i}", ["/bin/sleep", "1000"]);
        Machine.Until(() => machine.Status().Values.All(s => (string)s["state"]! == "ready"), "readiness of all");
        var before = machine.Status().Values.Where(s => (string)s["name"]! != "agent").Select(s => ((string)s["name"]!, (int)s["pid"]!)).ToArray();

        for (var i = 0; i < 5; i++)
        {
            var agent = machine.Pid("agent");
            Signals.Send(machine.HostPid(agent), 9);
            machine.UntilAgentAfter(agent);
        }

        var after = machine.Status().Values.Where(s => (string)s["name"]! != "agent").Select(s => ((string)s["name"]!, (int)s["pid"]!));
        Assert.Equal(before, after);
        Assert.All(machine.Status().Values.Where(s => (string)s["name"]! != "agent"), s => Assert.Equal(0, (int)s["restarts"]!));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(2)]
    public void A_signal_to_stop_ends_all_in_the_reverse_order_and_the_exit_code_is_0(int signal)
    {
        using var machine = new Machine();
        foreach (var name in (string[])["one", "two", "three"])
        {
            machine.Define(name, $"trap 'echo bye {name}; exit 0' TERM; echo hello {name}; while :; do sleep 1000 & wait; done");
            machine.Init.WaitForOutput(l => l == $"{name}: hello {name}");
        }

        machine.Init.Signal(signal);

        Assert.Equal(0, machine.Init.Wait(TimeSpan.FromSeconds(30)).ShellCode);
        Assert.Equal(["three: bye three", "two: bye two", "one: bye one"], machine.Init.Output.Split('\n').Where(l => l.Contains("bye", StringComparison.Ordinal)));
    }

    [Fact]
    public void One_that_ignores_the_signal_is_killed_and_what_it_works_on_outlives_it()
    {
        using var machine = new Machine();
        machine.Define("base", "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 1000 & wait; done");
        machine.Define("stubborn", ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1000; done"], d =>
        {
            d["after"] = new JsonArray("base");
            d["stop_timeout_milliseconds"] = 1500;
        });
        machine.Init.WaitForOutput(l => l == "stubborn: up");

        var began = Environment.TickCount64;
        Assert.Equal(0, machine.Init.Stop(TimeSpan.FromSeconds(30)).ShellCode);

        Assert.True(Environment.TickCount64 - began >= 1500); // it was given its time
        Assert.Contains("base: bye\n", machine.Init.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Processes_of_no_service_end_with_the_machine()
    {
        using var machine = new Machine();
        using var stranger = machine.Init.StartInside("sh", "-c", "trap '' TERM; echo here; while :; do sleep 1000; done");
        stranger.WaitForLine(l => l == "here", Must.Patience);

        Assert.Equal(0, machine.Init.Stop(TimeSpan.FromSeconds(30)).ShellCode);

        Assert.Empty(machine.Init.Processes());
    }

    [Fact]
    public void Signals_that_mean_nothing_to_it_do_nothing_to_it()
    {
        using var machine = new Machine();
        machine.UntilState("agent", "ready");
        var pid = machine.Pid("agent");

        foreach (var signal in Enumerable.Range(1, 31).Where(s => (Signals.Blockable & Signals.Bit(s)) != 0 && s is not (2 or 15)))
            machine.Init.Signal(signal);

        Assert.Equal(pid, machine.Pid("agent"));
    }

    [Fact]
    public void Each_of_its_threads_leaves_its_signals_to_the_descriptor_they_are_read_from()
    {
        using var machine = new Machine();
        machine.UntilState("agent", "ready");

        var blocked = Directory.EnumerateDirectories($"/proc/{machine.Init.HostPid}/task")
            .Select(task => File.ReadLines($"{task}/status").Single(line => line.StartsWith("SigBlk:", StringComparison.Ordinal)).Split('\t')[1])
            .Select(mask => ulong.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .ToList();

        Assert.True(blocked.Count > 1, "the runtime has threads of its own");
        Assert.All(blocked, mask => Assert.Equal(Signals.Blockable, mask & Signals.Blockable));
    }

    [Fact]
    public void A_signal_that_it_may_not_send_is_told_with_the_capability_that_is_missing()
    {
        using var machine = new Machine(new() { Command = ["/usr/bin/setpriv", "--bounding-set", "-kill", PidOne.Program] });
        machine.Define("a", ["/bin/sleep", "1000"], d => d["privileges"] = new JsonObject { ["user"] = "mail" });
        machine.UntilState("a", "ready");

        machine.Ask(new() { ["verb"] = "stop", ["services"] = new JsonArray("a") });

        machine.Init.WaitForOutput(l => l.StartsWith("meduza-init: warning: a cannot be sent SIGTERM: ", StringComparison.Ordinal) && l.Contains("CAP_KILL", StringComparison.Ordinal));
        Assert.DoesNotContain("a fault in PID 1", machine.Init.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_file_that_was_moved_away_is_reopened_on_SIGHUP()
    {
        using var machine = new Machine();
        machine.Init.Run("mkfifo", "/tmp/go");
        machine.Define("a", "echo first; read x < /tmp/go; echo second; exec sleep 1000");
        machine.Init.WaitForOutput(l => l == "a: first");
        machine.Init.Run("mv", "/var/log/a.out.log", "/var/log/a.old");

        machine.Init.Signal(1);
        machine.State("a"); // answered after the signal was dealt with
        machine.Init.Run("sh", "-c", "echo > /tmp/go");

        machine.Init.WaitForOutput(l => l == "a: second");
        Assert.Equal("second\n", File.ReadAllText($"{machine.Init.Root}/var/log/a.out.log"));
        Assert.Equal("first\n", File.ReadAllText($"{machine.Init.Root}/var/log/a.old"));
    }

    [Fact]
    public void A_flood_neither_blocks_the_child_nor_starves_the_others_nor_grows_memory()
    {
        using var machine = new Machine();
        machine.Define("flood", ["/usr/bin/yes", "a line of some length that is written over and over again"]);
        Machine.Until(() => File.Exists($"{machine.Init.Root}/var/log/flood.out.log.2"), "third file of the flood");

        machine.Define("quiet", "echo hear me; exec sleep 1000");
        Machine.Until(() => File.Exists($"{machine.Init.Root}/var/log/quiet.out.log") && File.ReadAllText($"{machine.Init.Root}/var/log/quiet.out.log") == "hear me\n", "line of the quiet one");

        Assert.Equal("ready", machine.State("flood"));
        var resident = File.ReadLines($"/proc/{machine.Init.HostPid}/status").First(l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
        Assert.True(int.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1], null) < 16_000, resident);
        var sizes = Directory.GetFiles($"{machine.Init.Root}/var/log", "flood.out.log*").Select(f => new FileInfo(f).Length).ToArray();
        Assert.Equal(3, sizes.Length);
        Assert.All(sizes, s => Assert.InRange(s, 0, 5_100_000));
    }

    [Fact]
    public void It_starts_with_half_a_gigabyte_of_address_space()
    {
        using var machine = new Machine(new() { Command = ["/bin/sh", "-c", "ulimit -v 524288; exec /usr/bin/meduza-init"] });

        machine.UntilState("agent", "ready");
        machine.Define("a", ["/bin/sleep", "1000"]);
        machine.UntilState("a", "ready");

        Assert.Contains("536870912", File.ReadLines($"/proc/{machine.Init.HostPid}/limits").First(l => l.StartsWith("Max address space", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_machine_needs_is_mounted_and_set_and_what_was_there_is_left()
    {
        using var machine = new Machine(new() { Prepare = "mkdir -p /run; mount -n -t tmpfs -o size=1m mine /run 2>/dev/null || { mount -t proc proc /proc; mount -n -t tmpfs -o size=1m mine /run; umount /proc; }" });

        var mounts = machine.Init.Run("cat", "/proc/mounts").Output;

        foreach (var point in (string[])["/proc", "/sys", "/dev/pts", "/dev/shm", "/tmp"])
            Assert.Contains($" {point} ", mounts, StringComparison.Ordinal);
        Assert.Contains("mine /run tmpfs", mounts, StringComparison.Ordinal);
        Assert.DoesNotContain("tmpfs /run tmpfs", mounts, StringComparison.Ordinal);
        Assert.Equal("1\n", machine.Init.Run("cat", "/proc/sys/net/ipv4/ip_forward").Output);
        Assert.Contains("LOWER_UP", machine.Init.Run("ip", "link", "show", "lo").Output, StringComparison.Ordinal);
        Assert.Equal("666\n", machine.Init.Run("stat", "-c", "%a", "/dev/net/tun").Output);
        Assert.Equal("700 root\n", machine.Init.Run("stat", "-c", "%a %U", "/run/meduza").Output);
    }

    [Fact]
    public void A_machine_whose_environment_nobody_sets_has_its_settings_in_a_file()
    {
        using var machine = new Machine(new() { Prepare = "mkdir -p /etc/meduza; echo 'NODE_ID=other' > /etc/meduza/env; echo 'DNS_NAMESERVERS=192.0.2.53' >> /etc/meduza/env" });
        // All of it valid: an agent whose settings are wrong ends before anybody can look at it.
        machine.UntilState("agent", "ready");

        var agent = File.ReadAllText($"/proc/{machine.HostPid(machine.Pid("agent"))}/environ").Split('\0');

        Assert.Contains("NODE_ID=lab", agent); // the environment counts more
        Assert.Contains("DNS_NAMESERVERS=192.0.2.53", agent);
    }
}
