using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab;

/// <summary>The lab itself: a test that leans on a crooked lab proves nothing.</summary>
public class HarnessTests
{
    [Fact]
    public void Hosts_behind_two_gateways_reach_the_underlay_and_nothing_is_left_afterwards()
    {
        LabTraces traces;
        using (var lab = LabNetwork.Create())
        {
            var a = lab.AddGateway("gw-a");
            var b = lab.AddGateway("gw-b");
            var host = a.AddLan("10.1.0");
            Assert.Equal(0, a.Ping(b.Underlay).ExitCode);
            Assert.Equal(0, host.Ping("10.1.0.1").ExitCode);
            traces = new LabTraces(lab);
            Assert.NotEmpty(traces.Left());
        }
        Assert.Empty(traces.Left());
    }

    [Fact]
    public void Keys_go_in_and_out_as_they_are()
    {
        using var lab = LabNetwork.Create();
        (string, string)[] keys = [("/a", "one\ntwo\n"), ("/b", "\"quoted\" \\ 'single' é \t"), ("/c", "")];
        lab.Etcd.Put(keys);
        Assert.Equal(keys, lab.Etcd.GetPrefix("/"));
        lab.Etcd.PutBytes("/a", [0xff, 0xfe]);
        Assert.Equal("��", lab.Etcd.Get("/a"));
        lab.Etcd.Delete("/a", "/b");
        Assert.Null(lab.Etcd.Get("/a"));
        Assert.Null(lab.Events.WaitFor("/b", e => e.Value is null).Value);
    }

    [Fact]
    public void Etcd_comes_back_with_its_keys_and_the_watch_goes_on()
    {
        using var lab = LabNetwork.Create();
        lab.Etcd.Put("/a", "1");
        lab.Etcd.Stop();
        lab.Etcd.Start();
        Assert.Equal("1", lab.Etcd.Get("/a"));
        lab.Etcd.Put("/a", "2");
        lab.Events.WaitFor("/a", e => e.Value == "2");
    }

    [Fact]
    public void Guarded_etcd_lets_in_whoever_has_certificate_and_password()
    {
        using var lab = LabNetwork.Create(new() { Tls = true, Password = "secret" });
        lab.Etcd.Put("/a", "1");
        Assert.Equal("1", lab.Etcd.Get("/a"));
        lab.Events.WaitFor("/a", e => e.Value == "1");
        var stranger = lab.Core.Run("etcdctl", "--endpoints", lab.Etcd.Endpoint, "--insecure-skip-tls-verify", "--command-timeout=1s", "get", "/a");
        Assert.NotEqual(0, stranger.ExitCode);
    }

    [Fact]
    public void Pid_one_finds_only_what_it_was_given()
    {
        using var machine = PidOne.Start(new()
        {
            Environment = ["NODE_ID=x"],
            Prepare = "mkdir -p /etc/meduza; echo prepared > /etc/meduza/env",
            Command = ["/bin/sh", "-c", "env; hostname; echo $$; ls /proc /sys /run /tmp; cat /etc/meduza/env; exec sleep 1000"],
        });
        machine.WaitForOutput(l => l == "prepared");
        machine.WaitUntil(() => machine.Processes() is [{ Name: "sleep" }], "the shell has become sleep");
        Assert.Contains("NODE_ID=x\nPWD=/\ninit\n1\n/proc:\n\n/run:\n\n/sys:\n\n/tmp:\n", machine.Output.Replace("SHLVL=0\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var only = Assert.Single(machine.Processes());
        Assert.Equal((1, machine.HostPid, "sleep"), (only.Pid, only.HostPid, only.Name));
        Assert.Equal("prepared\n", File.ReadAllText($"{machine.Root}/etc/meduza/env"));
        Assert.Equal("init\n", machine.Run("hostname").Output);
        Assert.False(File.Exists("/etc/meduza/env") && File.ReadAllText("/etc/meduza/env") == "prepared\n");
    }

    [Fact]
    public void Whatever_runs_in_a_lab_goes_with_it()
    {
        LabTraces traces;
        using (var lab = LabNetwork.Create())
        {
            var machine = PidOne.Start(lab.Folder, new() { Network = lab.AddGateway("gw").Network, Command = ["/bin/sh", "-c", "setsid sleep 1000 & setsid sleep 1000 & wait"] });
            lab.Own(machine);
            while (machine.Processes().Count < 3)
                Thread.Yield();
            traces = new LabTraces(lab);
        }
        Assert.Empty(traces.Left());
    }

    [Theory]
    [InlineData(15)]
    [InlineData(2)]
    [InlineData(9)]
    public void A_runner_that_is_ended_by_a_signal_leaves_nothing(int signal)
    {
        using var runner = Command.Start(Environment.ProcessPath!, ["demo"]);
        runner.WaitForLine(l => l.Contains("gw-c runs", StringComparison.Ordinal), Must.Patience);
        var prefix = LabFolder.OwnedBy(runner.Pid).Prefix;
        var networks = Directory.GetFiles("/run/netns", prefix + "*").Select(f => NetworkNamespace.Existing(Path.GetFileName(f)).Inode).ToHashSet();
        // By process and not by network: the number of a network that is gone may by then be that of another test's.
        var running = ProcessTable.Read().Where(p => networks.Contains(p.Network)).Select(p => (p.HostPid, p.StartTicks)).ToHashSet();
        Assert.NotEmpty(running);

        runner.Kill(signal);
        Assert.Equal(128 + signal, runner.Wait(Must.Patience).ShellCode);
        // Nobody can act on SIGKILL: what it leaves is for the next runner.
        if (signal == 9)
            LabFolder.SweepAbandoned();

        Assert.Empty(Directory.GetFiles("/run/netns", prefix + "*"));
        Assert.DoesNotContain(ProcessTable.Read(), p => networks.Contains(p.Network) && running.Contains((p.HostPid, p.StartTicks)));
        Assert.Empty(LabCgroup.Named(prefix));
    }
}
