using System.Globalization;
using System.Text.Json.Nodes;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Supervision;

/// <summary>PID 1 while the machine has nothing left to give, and after: it lives, it says why, and all comes back.</summary>
public sealed class NeverDieTests
{
    /// <summary>Waits a second at most between two attempts to start what fails.</summary>
    private static PidOneOptions Quick => new() { Environment = ["SUPERVISOR_RETRY_INTERVAL=1"] };

    private static void Squeeze(Machine machine, string resource, string soft) =>
        Must.Run(["prlimit", "--pid", machine.Init.HostPid.ToString(CultureInfo.InvariantCulture), $"--{resource}={soft}"]);

    private static string SoftLimit(Machine machine, string resource) => Must.Run(
        ["prlimit", "--pid", machine.Init.HostPid.ToString(CultureInfo.InvariantCulture), $"--{resource}", "--noheadings", "--raw", "--output", "SOFT"]).Trim();

    private static string NoMore(Machine machine) => machine.LastExit("a") ?? "";

    [Fact]
    public void No_descriptor_left_the_dead_are_collected_and_what_they_left_is_killed()
    {
        using var machine = new Machine(Quick);
        machine.Define("a", "setsid sleep 1111 & exec sleep 1112");
        Machine.Until(() => machine.Running("sleep 1111").Count == 1 && machine.Running("sleep 1112").Count == 1, "process and its stray");
        var before = SoftLimit(machine, "nofile");
        // The first number that is free is the first that is forbidden: above those that PID 1 keeps for this, and of which a few may be free.
        var open = Directory.GetFiles($"/proc/{machine.Init.HostPid}/fd").Select(f => int.Parse(Path.GetFileName(f), CultureInfo.InvariantCulture)).ToHashSet();
        Squeeze(machine, "nofile", $"{Enumerable.Range(12, int.MaxValue - 12).First(n => !open.Contains(n))}:");

        machine.Kill("a");

        Machine.Until(() => NoMore(machine).Contains("Too many open files", StringComparison.Ordinal), "failure for want of descriptors");
        Assert.True(machine.Running("sleep 1111").Count == 0, machine.Init.Output);
        Assert.DoesNotContain(machine.Init.Processes(), p => p.State == 'Z');
        // Who comes now waits at the door, and is let in when there is room again.
        using var late = machine.Init.StartInside("meduza", "status", "--json");

        Squeeze(machine, "nofile", $"{before}:");

        machine.UntilState("a", "ready");
        late.Wait(TimeSpan.FromMinutes(1));
        Assert.Contains("\"services\"", late.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void No_process_to_be_had_is_a_failure_of_the_service_like_any_other()
    {
        using var machine = new Machine(Quick);
        machine.Define("a", ["/bin/sleep", "1112"]);
        machine.UntilState("a", "ready");
        using var budget = new ProcessBudget(machine.Init);
        budget.Limit(1);

        machine.Kill("a");

        Machine.Until(() => NoMore(machine).Contains("Resource temporarily unavailable", StringComparison.Ordinal), "failure for want of processes");
        budget.Limit(null);

        machine.UntilState("a", "ready");
    }

    [Fact]
    public void No_memory_for_a_moment_is_a_failure_of_the_service_like_any_other()
    {
        using var machine = new Machine(Quick);
        machine.Define("a", ["/bin/sleep", "1112"]);
        machine.UntilState("a", "ready");
        var before = SoftLimit(machine, "as");
        // What it has is its own; not one more page.
        Squeeze(machine, "as", $"{ProcessMemory.Status(machine.Init.HostPid, "VmSize") * 1024}:");

        machine.Kill("a");

        Machine.Until(() => NoMore(machine).Contains("Cannot allocate memory", StringComparison.Ordinal), "failure for want of memory");
        Squeeze(machine, "as", $"{before}:");

        machine.UntilState("a", "ready");
    }

    [Fact]
    public void Full_disks_cost_lines_of_the_files_and_nothing_else_and_the_loss_is_told()
    {
        using var machine = new Machine(Quick with
        {
            Prepare = "mkdir -p /run; mount -n -t proc proc /proc; for d in run tmp var/log; do mount -n -t tmpfs -o size=512k,mode=755 small /$d; done; umount -n /proc",
        });
        Must.Run(machine.Init.Inside("sh", "-c", "for d in /run /tmp /var/log; do cat /dev/zero > $d/fill 2>/dev/null || true; done"));

        machine.Define("a", "i=0; while :; do i=$((i+1)); echo line $i of a service that goes on and on; sleep 0.02; done");
        machine.UntilState("a", "ready");
        machine.UntilReadyAfter("a", machine.Kill("a"));
        machine.Init.WaitForOutput(l => l.StartsWith("meduza-init: warning: ", StringComparison.Ordinal) && l.Contains("/var/log/a.out.log", StringComparison.Ordinal), TimeSpan.FromMinutes(1));
        Assert.True((long)machine.Status("a")["log_lines_lost"]! > 0);
        // They are in memory all the same.
        Assert.Contains("line 1 of a service", machine.Init.Meduza("logs", "a").Output, StringComparison.Ordinal);

        machine.Init.Run("rm", "/run/fill", "/tmp/fill", "/var/log/fill");

        machine.Init.WaitForOutput(l => l.StartsWith("meduza-init: /var/log/a.out.log is written again, ", StringComparison.Ordinal), TimeSpan.FromMinutes(1));
        Machine.Until(() => File.ReadLines($"{machine.Init.Root}/var/log/a.out.log").Count() > 3, "line after the loss");
        Assert.All(
            File.ReadAllText($"{machine.Init.Root}/var/log/a.out.log").Split('\n')[..^1],
            l => Assert.Matches(@"^(line \d+ of a service that goes on and on|\[meduza-init: \d+ lines lost here, the file could not be written\])$", l));
    }

    [Fact]
    public void Many_children_that_end_while_it_is_held_are_told_by_one_signal_and_none_is_missed()
    {
        using var machine = new Machine();
        for (var i = 0; i < 50; i++)
            machine.Define($"s{i}", $"trap 'exit {i}' USR1; echo up; while :; do sleep 1000 & wait; done");
        Machine.Until(() => machine.Init.Output.Split('\n').Count(l => l.EndsWith(": up", StringComparison.Ordinal)) == 50, "trap of all");
        var pids = Enumerable.Range(0, 50).Select(i => machine.HostPid(machine.Pid($"s{i}"))).ToList();
        Signals.Send(machine.Init.HostPid, 19);

        pids.ForEach(p => Signals.Send(p, 10));
        Machine.Until(() => pids.All(p => ProcessTable.TryRead(p) is { State: 'Z' }), "end of all, uncollected");
        Signals.Send(machine.Init.HostPid, 18);

        Machine.Until(() => machine.Status().Values.All(s => (string)s["name"]! == "agent" || s["last_exit"] is not null), "exit of all");
        var status = machine.Status();
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal($"exit {i}", (string?)status[$"s{i}"]["last_exit"]));
    }

    [Fact]
    public void A_pid_that_came_to_mean_another_process_is_never_signalled()
    {
        using var machine = new Machine();
        machine.Define("a", ["/bin/sleep", "1112"]);
        machine.UntilState("a", "ready");
        var pid = machine.Pid("a");
        machine.Ask(new() { ["verb"] = "stop", ["services"] = new JsonArray("a") });

        // The kernel gives the next process the number after this one, unless another took it in between.
        machine.Init.Run("sh", "-c", $"until [ \"$p\" = {pid} ]; do [ -z \"$p\" ] || kill -9 $p; echo {pid - 1} > /proc/sys/kernel/ns_last_pid; setsid sleep 2222 & p=$!; done");
        // The shell has the number from its fork on, the name only once `setsid` has become `sleep`.
        Machine.Until(() => machine.Running("sleep 2222").Count == 1, "sleep with the number of the service");
        Assert.Equal(pid, Assert.Single(machine.Running("sleep 2222")).Pid);
        foreach (var verb in (string[])["stop", "start", "restart", "stop", "start"])
            machine.Ask(new() { ["verb"] = verb, ["services"] = new JsonArray("a") });
        machine.UntilReadyAfter("a", machine.Kill("a"));

        Assert.Single(machine.Running("sleep 2222"));
        Assert.NotEqual(pid, machine.Pid("a"));
    }

    [Fact]
    public void A_binary_that_is_replaced_while_it_runs_still_starts_services_by_the_old_one()
    {
        using var machine = new Machine();
        machine.Init.Run("sh", "-c", "printf '#!/bin/sh\\nexit 66\\n' > /usr/bin/other; chmod 755 /usr/bin/other; mv /usr/bin/other /usr/bin/meduza-init");

        machine.Define("a", ["/bin/sleep", "1000"]);
        machine.UntilState("a", "ready");
        var agent = machine.Kill("agent");

        machine.UntilAgentAfter(agent);
    }

    [Fact]
    public void In_the_background_of_a_terminal_it_neither_stops_nor_ends_when_that_hangs_up()
    {
        using var machine = new Machine();
        machine.Init.Run("ln", "-sf", "pts/ptmx", "/dev/ptmx");
        // A supervisor that is somebody's child, in a background group of a terminal whose writers are to be stopped.
        using var terminal = machine.Init.StartInside(
            "env", "NODE_ID=lab", "ETCD_ENDPOINTS=http://127.0.0.1:1", "MEDUZA_CONTROL=/run/second/control.sock", "MEDUZA_LOG=/tmp/second",
            "script", "-qfc", "stty tostop; set -m; /usr/bin/meduza-init & while :; do sleep 1000; done", "/dev/null");
        var path = $"{machine.Init.Root}/run/second/control.sock";
        Machine.Until(() => File.Exists(path), "control socket of the second one");
        using var second = new ControlPeer(path);
        JsonObject State() => second.Ask(new() { ["verb"] = "status", ["services"] = new JsonArray("a") })["services"]![0]!.AsObject();
        second.Ask(JsonNode.Parse("""{"verb":"define","definition":{"name":"a","component":"a","command":["/bin/sh","-c","while :; do echo tick; sleep 0.05; done"]}}""")!.AsObject());
        Machine.Until(() => (string)State()["state"]! == "ready", "ready service of the second one");
        var child = File.ReadAllText($"/proc/{machine.HostPid((int)State()["pid"]!)}/stat").Split(' ');
        Assert.Equal("0", child[6]); // no controlling terminal

        terminal.Kill(9); // and with it the other side of the terminal

        terminal.Wait(TimeSpan.FromMinutes(1));
        var pid = (int)State()["pid"]!;
        Signals.Send(machine.HostPid(pid), 9);
        Machine.Until(() => (string)State()["state"]! == "ready" && (int)State()["pid"]! != pid, "new process of the second one");
    }
}
