using System.Text.Json.Nodes;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Supervision.Continuation;

/// <summary>What would end any other process is survived by PID 1.</summary>
public sealed class FaultTests
{
    private const string Writer = "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.05; done";
    private static readonly PidOneOptions WithFaults = new() { Environment = ["MEDUZA_FAULTS=1"] };

    [Theory]
    [InlineData(11, "SIGSEGV")]
    [InlineData(6, "SIGABRT")]
    [InlineData(7, "SIGBUS")]
    [InlineData(4, "SIGILL")]
    [InlineData(8, "SIGFPE")]
    public void A_fatal_signal_costs_no_process_and_no_pipe(int signal, string name)
    {
        using var machine = new Machine();
        var before = Prepare(machine);

        var self = machine.GoOn(() => machine.Init.Signal(signal));

        AssertUntouched(machine, before);
        Assert.Equal(1, (int)self["faults"]!);
        Assert.Equal($"{name}, sent by process 0", (string)self["last_fault"]!);
        Assert.StartsWith("init    survived a fault  ", machine.Init.Meduza("status").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exception", "InvalidOperationException: on purpose: exception")]
    [InlineData("stack", "SIGSEGV")]
    [InlineData("thread", "InvalidOperationException")]
    [InlineData("exit", "it exited")]
    [InlineData("abort", "SIGABRT")]
    public void A_fault_from_within_costs_no_process_and_no_pipe(string kind, string cause)
    {
        using var machine = new Machine(WithFaults);
        var before = Prepare(machine);

        var self = machine.GoOn(() => Provoke(machine, kind));

        AssertUntouched(machine, before);
        Assert.Contains(cause, (string)self["last_fault"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_that_is_used_up_to_the_last_byte_costs_no_process_and_no_pipe()
    {
        using var machine = new Machine(WithFaults);
        var before = Prepare(machine);
        // Of PID 1 alone: its services have had theirs.
        Must.Run(["prlimit", $"--pid={machine.Init.HostPid}", "--as=536870912"]);

        var self = machine.GoOn(() => Provoke(machine, "memory"));

        AssertUntouched(machine, before);
        Assert.Equal(1, (int)self["faults"]!);
    }

    [Fact]
    public void Many_faults_in_a_row_slow_it_down_and_do_not_end_it()
    {
        using var machine = new Machine();
        var before = Prepare(machine);

        JsonObject? self = null;
        for (var i = 0; i < 5; i++)
            self = machine.GoOn(() => machine.Init.Signal(11));

        AssertUntouched(machine, before);
        Assert.Equal(5, (int)self!["faults"]!);
        Assert.Contains("init    survived 5 faults, the last  ", machine.Init.Meduza("status").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("{\"version\":99}")]
    public void A_damaged_state_leaves_the_processes_and_they_are_known_again_when_they_are_defined(string damaged)
    {
        using var machine = new Machine();
        var before = Prepare(machine);

        machine.GoOn(() =>
        {
            var state = Directory.GetFiles($"/proc/{machine.Init.HostPid}/fd")
                .Single(f => new FileInfo(f).LinkTarget?.StartsWith("/memfd:meduza-state", StringComparison.Ordinal) == true);
            File.WriteAllText(state, damaged);
            machine.Init.Signal(11);
        });

        Assert.Equal(["agent"], machine.Status().Keys);
        Assert.Equal(before["agent"], machine.Pid("agent"));
        machine.Define("w", Writer);
        machine.Define("rests", ["/bin/sleep", "1000"]);
        AssertUntouched(machine, before);
    }

    [Fact]
    public void A_fault_during_the_shutdown_does_not_keep_the_machine_up()
    {
        using var machine = new Machine();
        machine.Define("stubborn", ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1000; done"], d => d["stop_timeout_milliseconds"] = 2000);
        machine.Init.WaitForOutput(l => l == "stubborn: up");
        machine.Init.Signal(15);
        machine.Init.WaitForOutput(l => l == "meduza-init: stopping on SIGTERM");
        Thread.Sleep(100); // longer than a state may be old

        machine.Init.Signal(11);

        Assert.Equal(0, machine.Init.Wait(TimeSpan.FromSeconds(35)).ShellCode);
        Assert.Contains("goes on after a fault", machine.Init.Output, StringComparison.Ordinal);
    }

    private static Dictionary<string, int> Prepare(Machine machine)
    {
        machine.Define("w", Writer);
        machine.Define("rests", ["/bin/sleep", "1000"]);
        foreach (var name in (string[])["agent", "w", "rests"])
            machine.UntilState(name, "ready");
        Thread.Sleep(100); // longer than a state may be old
        return machine.Status().ToDictionary(s => s.Key, s => (int)s.Value["pid"]!);
    }

    private static void Provoke(Machine machine, string kind)
    {
        using var peer = new ControlPeer(machine.Init.ControlSocket);
        peer.Send(new() { ["verb"] = "fault", ["program"] = kind });
        Assert.Throws<EndOfStreamException>(peer.Receive);
    }

    private static void AssertUntouched(Machine machine, Dictionary<string, int> before)
    {
        var after = machine.Status();
        Assert.Equal(before.OrderBy(s => s.Key, StringComparer.Ordinal), after.ToDictionary(s => s.Key, s => (int)s.Value["pid"]!).OrderBy(s => s.Key, StringComparer.Ordinal));
        Assert.All(after.Values, s => Assert.Equal(("ready", 0), ((string)s["state"]!, (int)s["restarts"]!)));
        // The pipe is whole: what is written from now on arrives, and nothing before it is torn.
        var log = $"{machine.Init.Root}/var/log/w.out.log";
        var count = File.ReadAllLines(log).Length;
        Machine.Until(() => File.ReadAllLines(log).Length > count + 5, "lines after the fault");
        Assert.All(File.ReadAllLines(log).Index(), line => Assert.Equal($"line {line.Index + 1}", line.Item));
    }
}
