using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Commits;

/// <summary>
/// A commit that a program would not take is refused before anything is touched. The checks are the real programs' own;
/// where <c>/tmp/other-build</c> is, they are asked by a build that lacks an option, which is what a value that our schema
/// has and the program has not looks like.
/// </summary>
public class PreflightTests
{
    private const string Node = $"/nodes/{SoloGateway.Node}";

    // A command that is not among those in force: vtysh is asked.
    private const string Weight = $"{Node}/openvpn/{SoloGateway.OpenVpnName}/bgp/weight";
    private const string Peer = $"{Node}/openvpn/{SoloGateway.OpenVpnName}/bgp/peer_ip";

    private const string Candidates = "/run/meduza-check";

    // The real program looks at a file in which the option has another name; everything but a check goes to it as it is.
    private const string OtherBuilds = """
        other() {
            mv "$1" "$1.real"
            cat > "$1" <<SCRIPT
        #!/bin/sh
        # $1 $2 $3 $4
        [ -e /tmp/other-build ] && [ "\$1" = "$2" ] || exec $1.real "\$@"
        for file; do :; done
        file=\${file#--conf-file=}
        id > /tmp/asked-\$(id -u)
        grep -E '^(Cap|NoNew)' /proc/self/status >> /tmp/asked-\$(id -u)
        case \$(cat /tmp/other-build) in
            hangs) exec sleep 1000 ;;
            crashes) kill -SEGV \$\$ ;;
        esac
        sed 's/$3/$4/' "\$file" > /tmp/candidate.\$\$
        $1.real $5/tmp/candidate.\$\$
        status=\$?
        rm /tmp/candidate.\$\$
        exit \$status
        SCRIPT
            chmod 755 "$1"
        }
        other /usr/bin/vtysh -C weight heaviness "-C -f "
        other /usr/sbin/dnsmasq --test dns-forward-max dns-forward-most "--test --conf-file="
        """;

    private static SoloGateway Start()
    {
        var solo = SoloGateway.Start(prepare: OtherBuilds);
        solo.Apply("settled");
        return solo;
    }

    private static void OtherBuild(SoloGateway solo, string kind) => Must.Run(solo.Init.Inside("sh", "-c", $"echo {kind} > /tmp/other-build; chmod 644 /tmp/other-build"));

    private static void OwnBuild(SoloGateway solo) => Must.Run(solo.Init.Inside("rm", "/tmp/other-build"));

    [Fact]
    public void What_vtysh_refuses_rejects_the_commit_whole_in_its_own_words()
    {
        using var solo = Start();
        OtherBuild(solo, "refuses");
        var daemons = solo.Gateway.Daemons();
        var touches = new FileTouches(solo.Init);

        var rejected = solo.Commit("refused", (Weight, "4"), ($"{Node}/tinc/port", "656"), ("/dns/hosts/new.test", "10.1.0.78"));

        Assert.Equal("rejected", rejected.Result);
        var (key, message) = Assert.Single(rejected.Errors);
        Assert.Equal("frr", key);
        Assert.StartsWith("vtysh does not take the configuration that these keys make: ", message, StringComparison.Ordinal);
        Assert.Contains("Unknown command", message, StringComparison.Ordinal);
        Assert.Contains("heaviness 4", message, StringComparison.Ordinal);
        Assert.Empty(rejected.Changed);
        // Host records are no part of a commit.
        Assert.DoesNotContain(touches.Paths(), path => !path.StartsWith("/tmp", StringComparison.Ordinal) && path is not ("/etc" or "/etc/etcd_hosts" or "/run"));
        Assert.Equal(daemons, solo.Gateway.Daemons());
        Assert.False(Directory.Exists(solo.Init.Root + Candidates));

        OwnBuild(solo);
        var applied = solo.Apply("taken");
        Assert.Contains("frr", applied.Changed);
        Assert.Contains("tinc", applied.Changed);
        Assert.Contains("weight 4", solo.Init.Run("vtysh", "-c", "show running-config").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void About_commands_that_are_in_force_with_other_values_vtysh_is_not_asked()
    {
        using var solo = Start();
        OtherBuild(solo, "refuses");

        solo.Apply("another value", ($"{Node}/bgp/max_paths", "4"));

        Assert.Empty(Directory.GetFiles($"{solo.Init.Root}/tmp", "asked-*"));
        Assert.Contains("maximum-paths 4", solo.Init.Run("vtysh", "-c", "show running-config").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_bgpd_itself_refuses_rejects_the_commit_and_leaves_all_as_it_was()
    {
        using var solo = Start();
        var daemons = solo.Gateway.Daemons();
        // A list that was gone for a moment comes after the others.
        string Running() => string.Join('\n', solo.Init.Run("vtysh", "-c", "show running-config").Output.Split('\n').Order(StringComparer.Ordinal));
        string Text() => File.ReadAllText($"{solo.Init.Root}/etc/frr/frr.conf") + File.ReadAllText($"{solo.Init.Root}/run/frr/meduza/bgpd.conf");
        var (running, text) = (Running(), Text());

        // An address of its own is one that only bgpd knows of, and only while it has it.
        var rejected = solo.Commit("refused", (Peer, "10.1.0.1"), ("/global/bgp/filter/in", "deny 172.16.0.0/12\npermit 0.0.0.0/0 le 24"));

        Assert.Equal("rejected", rejected.Result);
        var (key, message) = Assert.Single(rejected.Errors);
        Assert.Equal("frr", key);
        Assert.Equal("bgpd refused 'neighbor 10.1.0.1 remote-as 65003': % Can not configure the local system as neighbor; it goes on with what it had", message);
        Assert.Equal(running, Running());
        solo.Init.WaitUntil(() => Text() == text, "the files are as they were");

        // With more in it than lines for daemons it is not undone: what was taken stays, and the line is tried again.
        var degraded = solo.Commit("more", ($"{Node}/tinc/port", "656"));
        Assert.Equal("degraded", degraded.Result);
        Assert.Contains(("frr", message), degraded.Errors);
        Assert.Equal(running, Running());

        Assert.Contains("frr", solo.Apply("mended", (Peer, "10.254.0.2")).Changed);
        Assert.Contains("deny 172.16.0.0/12", Running(), StringComparison.Ordinal);
        Assert.Equal(daemons.Where(daemon => !daemon.CommandLine.Contains("tincd", StringComparison.Ordinal)), solo.Gateway.Daemons().Where(daemon => !daemon.CommandLine.Contains("tincd", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_dnsmasq_refuses_rejects_the_commit_too()
    {
        using var solo = Start();
        solo.Apply("off", ($"{Node}/dnsmasq/enable", "false"));
        Must.Run(solo.Init.Inside("rm", "/etc/dnsmasq.conf"));
        OtherBuild(solo, "refuses");

        var rejected = solo.Commit("refused", ($"{Node}/dnsmasq/enable", "true"));

        Assert.Equal("rejected", rejected.Result);
        var (key, message) = Assert.Single(rejected.Errors);
        Assert.Equal("dnsmasq", key);
        Assert.Contains("bad option at line", message, StringComparison.Ordinal);
        Assert.False(File.Exists(solo.Init.Root + "/etc/dnsmasq.conf"));

        OwnBuild(solo);
        Assert.Contains("dnsmasq", solo.Apply("taken").Changed);
    }

    [Fact]
    public void A_program_is_asked_as_its_user_with_no_capability_at_all()
    {
        using var solo = Start();
        OtherBuild(solo, "refuses");
        solo.Commit("refused", (Weight, "4"));

        var uid = Must.Run(solo.Init.Inside("id", "-u", "frr")).Trim();
        var asked = File.ReadAllText($"{solo.Init.Root}/tmp/asked-{uid}");
        Assert.Contains("(frr)", asked, StringComparison.Ordinal);
        foreach (var set in (string[])["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
            Assert.Contains($"{set}:\t0000000000000000", asked, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", asked, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_that_crashes_or_hangs_is_a_warning_and_the_commit_goes_on()
    {
        using var solo = Start();
        OtherBuild(solo, "crashes");
        Assert.Contains("frr", solo.Apply("crashed", (Weight, "4")).Changed);
        Assert.Contains("vtysh was asked about its configuration, and ended with signal 11", solo.Init.Meduza("status", "--json").Output, StringComparison.Ordinal);

        OtherBuild(solo, "hangs");
        Assert.Contains("frr", solo.Apply("hung", ($"{Node}/openvpn/{SoloGateway.OpenVpnName}/bgp/no_transit", "true")).Changed);
        Assert.Contains("has not answered after 15 s", solo.Init.Meduza("status", "--json").Output, StringComparison.Ordinal);
        Assert.DoesNotContain(solo.Init.Processes(), process => process.CommandLine == "sleep 1000");
        Assert.False(Directory.Exists(solo.Init.Root + Candidates));
    }

    [Fact]
    public void An_agent_killed_while_a_program_is_asked_leaves_neither_the_program_nor_the_candidates()
    {
        using var solo = Start();
        OtherBuild(solo, "hangs");
        solo.Etcd.Put([(Weight, "4")]);
        solo.Etcd.Commit("killed");
        solo.Init.WaitUntil(() => solo.Init.Processes().Any(process => process.CommandLine == "sleep 1000"), "the check hangs");
        Assert.Equal("600", Must.Run(solo.Init.Inside("stat", "-c", "%a", $"{Candidates}/frr/frr.conf")).Trim());
        Assert.Equal("frr", Must.Run(solo.Init.Inside("stat", "-c", "%U", $"{Candidates}/frr/frr.conf")).Trim());
        Assert.Equal("root", Must.Run(solo.Init.Inside("stat", "-c", "%U", $"{Candidates}/frr")).Trim());

        OwnBuild(solo);
        Assert.True(Signals.Send(solo.Gateway.Agent()!.HostPid, 9));

        Assert.Equal("applied", solo.Lab.Events.WaitForCommit(SoloGateway.Node, "killed", timeout: TimeSpan.FromSeconds(60)).Result);
        Assert.DoesNotContain(solo.Init.Processes(), process => process.CommandLine == "sleep 1000");
        Assert.False(Directory.Exists(solo.Init.Root + Candidates));
    }
}
