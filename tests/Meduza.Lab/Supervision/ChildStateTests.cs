using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Supervision;

/// <summary>What a program finds when it starts, and what it must not.</summary>
public sealed class ChildStateTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private Dictionary<string, string> ProcStatus(int hostPid) =>
        File.ReadLines($"/proc/{hostPid}/status").Select(l => l.Split(":\t", 2)).ToDictionary(f => f[0], f => f[^1]);

    [Fact]
    public void No_signal_state_and_no_descriptor_leaks_into_a_child()
    {
        _machine.Define("a", ["/bin/sleep", "1000"]);
        _machine.UntilState("a", "ready");
        var pid = _machine.HostPid(_machine.Pid("a"));

        var status = ProcStatus(pid);
        Assert.Equal("0000000000000000", status["SigBlk"]);
        Assert.Equal("0000000000000000", status["SigIgn"]);
        Assert.Equal("0022", status["Umask"]);
        Assert.Equal(["0", "1", "2"], Directory.GetFiles($"/proc/{pid}/fd").Select(Path.GetFileName).Order());
        Assert.Equal("/dev/null", new FileInfo($"/proc/{pid}/fd/0").LinkTarget);
        // pid (name) state ppid group session terminal
        var stat = File.ReadAllText($"/proc/{pid}/stat").Split(' ');
        Assert.Equal(($"{pid}", $"{pid}", "0"), (stat[4], stat[5], stat[6]));
    }

    [Fact]
    public void The_agent_too_starts_clean_and_the_etcd_password_is_in_nobody_else_s_environment()
    {
        _machine.Define("a", ["/bin/sleep", "1000"]);
        _machine.UntilState("a", "ready");
        _machine.UntilState("agent", "ready");

        var agent = File.ReadAllText($"/proc/{_machine.HostPid(_machine.Pid("agent"))}/environ").Split('\0');
        Assert.Contains("ETCD_ENDPOINTS=http://127.0.0.1:1", agent);
        // What PID 1 set for its own runtime stays with it: the agent has settings of its own.
        Assert.Equal(["DOTNET_GCgen0size=100000"], agent.Where(v => v.StartsWith("DOTNET_", StringComparison.Ordinal)));
        var other = File.ReadAllText($"/proc/{_machine.HostPid(_machine.Pid("a"))}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["MEDUZA_SERVICE", "PATH"], other.Select(v => v.Split('=')[0]).Order());
    }

    [Fact]
    public void User_groups_folder_and_environment_are_those_of_the_definition()
    {
        _machine.Define("a", ["/bin/sh", "-c", "id -un; id -Gn; pwd; echo $A; exec sleep 1000"], d =>
        {
            d["privileges"] = new System.Text.Json.Nodes.JsonObject { ["user"] = "mail" };
            d["working_folder"] = "/var";
            d["environment"] = new System.Text.Json.Nodes.JsonArray("A=1 2");
        });

        Machine.Until(() => _machine.Init.Output.Contains("a: 1 2\n", StringComparison.Ordinal), "line");

        Assert.Contains("a: mail\na: mail\na: /var\na: 1 2\n", _machine.Init.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_binary_that_is_deleted_while_it_runs_still_starts_services()
    {
        _machine.Init.Run("rm", "/usr/bin/meduza-init", "/usr/bin/meduza");

        _machine.Define("a", ["/bin/sleep", "1000"]);
        _machine.UntilState("a", "ready");
        var agent = _machine.Pid("agent");
        Signals.Send(_machine.HostPid(agent), 9);

        _machine.UntilAgentAfter(agent);
    }

    [Fact]
    public void Two_thousand_log_pipes_work_and_no_child_gets_the_raised_limit()
    {
        for (var i = 0; i < 1000; i++)
            _machine.Define($"s{i}", ["/bin/sleep", "1000"]);

        Machine.Until(() => _machine.Status().Values.All(s => (string)s["state"]! == "ready"), "readiness of all");

        Assert.True(Directory.GetFiles($"/proc/{_machine.Init.HostPid}/fd").Length > 4000);
        _machine.Define("last", "ulimit -Sn; echo heard; exec sleep 1000");
        _machine.Init.WaitForOutput(l => l == "last: heard");
        Assert.Contains($"last: {OwnSoftLimit()}\n", _machine.Init.Output, StringComparison.Ordinal);
    }

    /// <summary>What PID 1 was started with, which it inherited from this process.</summary>
    private static string OwnSoftLimit() =>
        Must.Run(["sh", "-c", "ulimit -Sn"]).TrimEnd();
}
