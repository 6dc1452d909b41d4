using Meduza.Lab.Harness;
using Meduza.Lab.Services;
using Meduza.Linux.Process;

namespace Meduza.Lab.Names;

/// <summary>Whom dnsmasq and this machine's programs ask, and who has a say in it.</summary>
public sealed class UpstreamTests : IDisposable
{
    private const string Node = "/nodes/gw/", Fallbacks = "192.0.2.1,192.0.2.250";
    private const int SigKill = 9, SigStop = 19, SigContinue = 18;

    private readonly LabNetwork _lab = LabNetwork.Create();
    private readonly Gateway _gateway;

    public UpstreamTests()
    {
        _gateway = _lab.AddGateway("gw");
        _lab.Etcd.Put(
            ("/global/mesh_type", "tinc"), (Node + "lan", "10.1.0.0/24"), (Node + "clash/enable", "true"), (Node + "mosdns/enable", "true"), (Node + "dnsmasq/enable", "true"));
    }

    public void Dispose() => _lab.Dispose();

    private PidOne Start(string prepare = "") => ProxyDoubles.Start(_gateway, [$"DNS_NAMESERVERS={Fallbacks}"], prepare);

    private void StartWithAll()
    {
        Start().Run("true");
        _lab.Etcd.Commit("first");
        _gateway.UntilState("mihomo", "starting");
        ProxyDoubles.Go(_gateway.Init);
        Asked("127.0.0.1#1153", "127.0.0.1#1053", "192.0.2.1", "192.0.2.250");
    }

    private string[] Values(string path, string word) => !File.Exists(_gateway.Init.Root + path) ? [] :
    [
        .. File.ReadAllLines(_gateway.Init.Root + path).Where(line => line.StartsWith(word, StringComparison.Ordinal)).Select(line => line[word.Length..]).Distinct(),
    ];

    private void Asked(params string[] servers) =>
        _gateway.Init.WaitUntil(() => Values("/run/dnsmasq/servers", "server=").SequenceEqual(servers), $"dnsmasq asks {string.Join(", ", servers)}");

    private void OwnProgramsAsk(params string[] servers) =>
        _gateway.Init.WaitUntil(() => Values("/etc/resolv.conf", "nameserver ").SequenceEqual(servers), $"resolv.conf names {string.Join(", ", servers)}");

    [Fact]
    public void One_that_hangs_is_left_out_and_told_of_and_so_by_the_next_agent()
    {
        StartWithAll();
        var mosdns = _gateway.Signal("mosdns", SigStop);
        // At once: the agent that is there has not noticed yet.
        var agent = _gateway.Agent()!;
        Signals.Send(agent.HostPid, SigKill);
        Asked("127.0.0.1#1053", "192.0.2.1", "192.0.2.250");
        _gateway.Init.WaitUntil(
            () => _gateway.Init.Meduza("status", "--json").Output.Contains("does not answer names at 127.0.0.1:1153", StringComparison.Ordinal), "it is told in status");
        Assert.NotEqual(agent.HostPid, _gateway.Agent()!.HostPid);

        Assert.Equal(mosdns, _gateway.Signal("mosdns", SigContinue));
        Asked("127.0.0.1#1153", "127.0.0.1#1053", "192.0.2.1", "192.0.2.250");
        _gateway.Init.WaitUntil(
            () => !_gateway.Init.Meduza("status", "--json").Output.Contains("does not answer names", StringComparison.Ordinal), "it is no longer told");
    }

    [Fact]
    public void One_that_hangs_is_unhealthy_in_status_and_in_etcd_until_it_answers()
    {
        StartWithAll();
        _gateway.WaitUntilUp(TimeSpan.FromSeconds(60));
        var pid = _gateway.Signal("mosdns", SigStop);
        _gateway.UntilState("mosdns", "unhealthy", "an answer to names at 127.0.0.1:1153");
        _lab.Events.WaitFor("/updated/gw/mosdns/status", e => e.Value?.StartsWith("down ", StringComparison.Ordinal) == true, TimeSpan.FromSeconds(60));
        Assert.Equal(3, _gateway.Init.Meduza("status", "--quiet").ExitCode);

        Assert.Equal(pid, _gateway.Signal("mosdns", SigContinue));
        _gateway.UntilState("mosdns", "ready");
        _lab.Events.WaitFor("/updated/gw/mosdns/status", _ => _lab.Etcd.Get("/updated/gw/mosdns/status")!.StartsWith("up ", StringComparison.Ordinal), TimeSpan.FromSeconds(60));
        _gateway.WaitUntilUp(TimeSpan.FromSeconds(60));
        Assert.Equal(0, (int)_gateway.Service("mosdns")["restarts"]!);
    }

    [Fact]
    public void What_was_written_by_an_agent_that_died_before_it_told_dnsmasq_is_told_by_the_next()
    {
        StartWithAll();
        // As after such a death: the file is right, and dnsmasq has read another. One that runs would mend it at once.
        var agent = _gateway.Agent()!.HostPid;
        Signals.Send(agent, SigStop);
        _gateway.Init.Run("sh", "-c", "cp /run/dnsmasq/servers /run/right && echo server=192.0.2.99 > /run/dnsmasq/servers");
        _gateway.Signal("dnsmasq", 1);
        Logged("using nameserver 192.0.2.99#53");
        _gateway.Init.Run("cp", "/run/right", "/run/dnsmasq/servers");
        var before = TimesLogged("using nameserver 127.0.0.1#1153");

        Signals.Send(agent, SigKill);
        _gateway.Init.WaitUntil(() => TimesLogged("using nameserver 127.0.0.1#1153") > before, "dnsmasq has read it again");
    }

    [Fact]
    public void A_commit_that_waits_for_a_process_to_end_holds_nothing_up()
    {
        StartWithAll();
        // It does not end when it is asked to: PID 1 waits ten seconds for it, and the commit for PID 1.
        _gateway.Signal("mihomo", SigStop);
        _lab.Etcd.Put(Node + "clash/enable", "false");
        _lab.Etcd.Commit("without");
        Asked("192.0.2.1", "192.0.2.250");
        Assert.Contains(_gateway.Init.Processes(), process => process.CommandLine.Contains("/usr/bin/mihomo", StringComparison.Ordinal));

        _lab.Events.WaitForCommit("gw", "without", "applied");
        Asked("127.0.0.1#1153", "192.0.2.1", "192.0.2.250");
    }

    [Fact]
    public void This_machines_programs_ask_dnsmasq_while_it_is_there_and_nobody_else_has_a_say_in_that()
    {
        Start("echo 'nameserver 192.0.2.66' > /etc/resolv.conf");
        OwnProgramsAsk("192.0.2.1", "192.0.2.250");
        _lab.Etcd.Commit("first");
        OwnProgramsAsk("127.0.0.1");

        _gateway.Init.Meduza("stop", "dnsmasq");
        OwnProgramsAsk("192.0.2.1", "192.0.2.250");
        _gateway.Init.Meduza("start", "dnsmasq");
        OwnProgramsAsk("127.0.0.1");

        // What is right is not written again, what somebody else wrote is.
        var written = File.GetLastWriteTimeUtc($"{_gateway.Init.Root}/etc/resolv.conf");
        Assert.Equal(0, _gateway.Init.Meduza("reconcile").ExitCode);
        Assert.Equal(written, File.GetLastWriteTimeUtc($"{_gateway.Init.Root}/etc/resolv.conf"));
        _gateway.Init.Run("sh", "-c", "echo 'nameserver 192.0.2.66' > /etc/resolv.conf");
        _gateway.Init.Meduza("reconcile");
        OwnProgramsAsk("127.0.0.1");

        _lab.Etcd.Put(Node + "dnsmasq/enable", "false");
        _lab.Etcd.Commit("off");
        OwnProgramsAsk("192.0.2.1", "192.0.2.250");
    }

    [Fact]
    public void A_resolv_conf_that_is_mounted_is_written_in_place()
    {
        Start("echo 'nameserver 192.0.2.66 # longer than what comes, so that it must be cut' > /etc/resolv.outside; mount -n --bind /etc/resolv.outside /etc/resolv.conf");
        _lab.Etcd.Commit("first");
        OwnProgramsAsk("127.0.0.1");
        Assert.Equal(
            File.ReadAllText($"{_gateway.Init.Root}/etc/resolv.conf"), File.ReadAllText($"{_gateway.Init.Root}/etc/resolv.outside"));
    }

    [Fact]
    public void A_resolv_conf_that_cannot_be_written_is_told_of_and_keeps_nothing_else_from_being_right()
    {
        // A folder in its place takes no name.
        Start("rm -f /etc/resolv.conf; mkdir -p /etc/resolv.conf/there");
        _lab.Etcd.Commit("first");
        _gateway.UntilState("mihomo", "starting");
        ProxyDoubles.Go(_gateway.Init);
        Asked("127.0.0.1#1153", "127.0.0.1#1053", "192.0.2.1", "192.0.2.250");
        _gateway.Init.WaitUntil(
            () => _gateway.Init.Meduza("status", "--json").Output.Contains("/etc/resolv.conf: ", StringComparison.Ordinal), "it is told in status");
    }

    [Fact]
    public void A_fallback_that_does_not_answer_is_asked_last_until_it_does_and_is_told_of()
    {
        using var second = new LabResolver(_lab.Core, "192.0.2.1", "198.51.100.7");
        ProxyDoubles.Start(_gateway, ["DNS_NAMESERVERS=192.0.2.250,192.0.2.1"]);
        _lab.Etcd.Put((Node + "clash/enable", "false"), (Node + "mosdns/enable", "false"));
        _lab.Etcd.Commit("first");
        Asked("192.0.2.1", "192.0.2.250");
        Assert.Contains("192.0.2.250 of DNS_NAMESERVERS does not answer", _gateway.Init.Meduza("status", "--json").Output, StringComparison.Ordinal);
        using var client = new NameClient(_gateway.Network, "127.0.0.1");
        Assert.Equal("198.51.100.7", client.Ask("x.example", Must.Patience));
    }

    private string DnsmasqLog() => _gateway.Init.Meduza("logs", "dnsmasq", "-n", "1000").Output;

    private int TimesLogged(string words) => DnsmasqLog().Split('\n').Count(line => line.Contains(words, StringComparison.Ordinal));

    private void Logged(string words) => _gateway.Init.WaitUntil(() => TimesLogged(words) > 0, words);
}
