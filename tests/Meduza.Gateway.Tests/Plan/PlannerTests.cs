using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Plan;

/// <summary>A plan has all that is needed, and nothing else.</summary>
public sealed class PlannerTests
{
    private static DesiredState State(KeySet keys, string node = "gw-b") => keys.Render(node);

    [Fact]
    public void What_is_as_it_must_be_needs_nothing()
    {
        var state = State(Fleet.Keys);
        var changes = Planner.Plan(State(Fleet.Keys), Machines.After(state));
        Assert.True(changes.IsEmpty);
        Assert.Empty(changes.Components);
    }

    [Fact]
    public void Empty_machine_gets_everything()
    {
        var state = State(Fleet.Keys);
        var changes = Planner.Plan(state, new ObservedState());
        Assert.Equal(state.Folders, changes.Folders);
        Assert.Equal(state.Files, changes.Writes);
        Assert.Equal(state.Services, changes.Defines);
        Assert.Empty(changes.Links);
        Assert.Empty(changes.Frr);
        Assert.Equal(["easytier", "frr", "hosts", "openvpn/office", "tinc"], changes.Components);
    }

    [Fact]
    public void Port_for_probes_that_comes_changes_or_goes_is_a_change_of_nothing_else()
    {
        var with = Fleet.Keys.With("/nodes/gw-b/healthy/", ("enable", "true"), ("port", "8080"));
        foreach (var (before, after) in ((KeySet, KeySet)[])[(Fleet.Keys, with), (with, with.With("/nodes/gw-b/healthy/port", "8081")), (with, Fleet.Keys)])
        {
            var changes = Planner.Plan(State(after), Machines.After(State(before)));
            Assert.Equal((false, "healthy"), (changes.IsEmpty, Assert.Single(changes.Components)));
            Assert.Equal(new(State(after).HealthPort), changes.HealthPort);
        }
        Assert.True(Planner.Plan(State(with), Machines.After(State(with))).IsEmpty);
    }

    [Fact]
    public void A_file_that_follows_the_machine_is_written_where_it_is_not_there_and_left_as_it_is_where_it_is()
    {
        var state = State(Fleet.Keys, "gw-a");
        var after = Machines.After(state);
        var servers = after.Files[NameUpstreams.ServersPath];
        Assert.True(Planner.Plan(state, after with { Files = after.Files.ToImmutableDictionary().SetItem(NameUpstreams.ServersPath, servers with { Content = "server=127.0.0.1#1153\n"u8.ToArray() }) }).IsEmpty);
        Assert.Equal(
            [NameUpstreams.ServersPath],
            Planner.Plan(state, after with { Files = after.Files.ToImmutableDictionary().Remove(NameUpstreams.ServersPath) }).Writes.Select(file => file.Path));
    }

    [Fact]
    public void Changed_value_touches_its_instance_alone()
    {
        var before = State(Fleet.Keys);
        var changes = Planner.Plan(State(Fleet.Keys.With("/nodes/gw-b/openvpn/office/keepalive", "5 30")), Machines.After(before));
        Assert.Equal(["openvpn/office"], changes.Components);
        Assert.Equal(["/etc/openvpn/generated/office.conf"], changes.Writes.Select(file => file.Path));
        Assert.Equal(["openvpn-office"], changes.Defines.Select(service => service.Name));
    }

    [Fact]
    public void Bgp_value_of_a_tunnel_does_not_touch_the_tunnel()
    {
        var before = State(Fleet.Keys);
        var changes = Planner.Plan(State(Fleet.Keys.With("/nodes/gw-b/openvpn/office/bgp/weight", "7")), Machines.After(before));
        Assert.Equal(["frr"], changes.Components);
        Assert.Empty(changes.Defines);
        var change = Assert.Single(changes.Frr);
        Assert.Equal("bgpd", change.Daemon);
        Assert.Equal(
            ["router bgp 65001", "address-family ipv4 unicast", "neighbor 10.30.0.2 weight 7", "exit-address-family", "exit"],
            change.Commands.Select(command => command.Line));
        Assert.Equal(["/etc/frr/frr.conf", "/run/frr/meduza/bgpd.conf"], changes.Writes.Select(file => file.Path));
    }

    [Fact]
    public void A_daemon_that_is_looked_at_otherwise_is_told_what_differs_and_loses_no_session()
    {
        var observed = Machines.After(State(Fleet.Keys));
        observed = observed with { Services = observed.Services.SetItem("bgpd", observed.Services["bgpd"] with { Health = null }) };
        var changes = Planner.Plan(State(Fleet.Keys.With("/nodes/gw-b/openvpn/office/bgp/weight", "7")), observed);
        Assert.Equal(["bgpd"], changes.Defines.Select(service => service.Name));
        Assert.Contains("neighbor 10.30.0.2 weight 7", Assert.Single(changes.Frr).Commands.Select(command => command.Line));
        Assert.Empty(BgpResets.Of(changes, observed));
    }

    [Fact]
    public void Host_record_is_a_reload_of_dnsmasq()
    {
        var before = State(Fleet.Keys, "gw-a");
        var changes = Planner.Plan(State(Fleet.Keys.With("/dns/hosts/new.example", "10.0.0.1"), "gw-a"), Machines.After(before));
        Assert.Equal(["/etc/etcd_hosts"], changes.Writes.Select(file => file.Path));
        var define = Assert.Single(changes.Defines);
        Assert.True(define.SameProcessAs(before.Services.Single(service => service.Name == "dnsmasq")));
        Assert.Equal(1, define.ReloadSignal);
    }

    [Fact]
    public void Removed_instance_goes_with_its_files_and_secrets()
    {
        var before = State(Fleet.Keys);
        var changes = Planner.Plan(State(Fleet.Keys.With("/nodes/gw-b/openvpn/office/enable", "false")), Machines.After(before));
        Assert.Equal(["openvpn-office"], changes.Removes.Select(service => service.Name));
        Assert.Equal(["/etc/openvpn/generated/office.conf", "/etc/openvpn/generated/office.secret"], changes.Deletes);
        Assert.Equal(["frr", "openvpn/office"], changes.Components);
    }

    [Fact]
    public void Private_key_of_tinc_goes_when_tinc_does()
    {
        var before = State(Fleet.Keys);
        var changes = Planner.Plan(State(Fleet.Keys.With("/nodes/gw-b/tinc/enable", "false")), Machines.After(before));
        Assert.Contains("/etc/tinc/mesh/rsa_key.priv", changes.Deletes);
        Assert.Contains("/etc/tinc/mesh/hosts/gwb", changes.Deletes);
    }

    [Fact]
    public void Stray_in_an_owned_folder_is_deleted_and_its_part_named()
    {
        var state = State(Fleet.Keys);
        var observed = Machines.After(state);
        observed = observed with
        {
            Files = observed.Files.ToImmutableDictionary()
                .Add("/etc/tinc/mesh/tinc-up", new ObservedFile("#!/bin/sh"u8.ToArray(), (UnixFileMode)0x1ff, "root"))
                .Add("/etc/frr/daemons", new ObservedFile("not ours"u8.ToArray(), (UnixFileMode)0x1a4, "root")),
        };
        var changes = Planner.Plan(state, observed);
        Assert.Equal(["/etc/tinc/mesh/tinc-up"], changes.Deletes);
        Assert.Equal(["tinc"], changes.Components);
    }

    [Fact]
    public void Wrong_mode_or_owner_is_mended()
    {
        var state = State(Fleet.Keys);
        var observed = Machines.After(state);
        const string Secret = "/etc/openvpn/generated/office.secret";
        var open = observed.Files[Secret] with { Mode = observed.Files[Secret].Mode | UnixFileMode.OtherRead };
        Assert.Equal([Secret], Planner.Plan(state, observed with { Files = observed.Files.ToImmutableDictionary().SetItem(Secret, open) }).Writes.Select(file => file.Path));
        var theirs = observed.Files[Secret] with { Owner = "nobody" };
        Assert.Equal([Secret], Planner.Plan(state, observed with { Files = observed.Files.ToImmutableDictionary().SetItem(Secret, theirs) }).Writes.Select(file => file.Path));
        var folder = Planner.Plan(state, observed with { Folders = observed.Folders.SetItem("/run/frr", new(UnixFileMode.UserRead, "root")) });
        Assert.Equal(["/run/frr"], folder.Folders.Select(f => f.Path));
        Assert.Equal(["frr"], folder.Components);
    }

    [Fact]
    public void Device_gets_what_it_lacks_and_loses_what_it_has_too_much()
    {
        var state = State(Fleet.Keys);
        var observed = Machines.After(state);
        var foreign = new InterfaceAddress(IPAddress.Parse("10.20.0.99"), 24);
        var changes = Planner.Plan(state, observed with { Links = observed.Links.SetItem("tnc0", new ObservedLink(false, [foreign])) });
        var link = Assert.Single(changes.Links);
        Assert.True(link.BringUp);
        Assert.Equal(["10.20.0.2/24"], link.Add.Select(address => address.ToString()));
        Assert.Equal([foreign], link.Remove);
        Assert.Empty(Planner.Plan(state, observed with { Links = observed.Links.Remove("tnc0") }).Links);
    }

    [Fact]
    public void Link_local_address_that_the_kernel_gave_stays()
    {
        var state = State(Fleet.Keys);
        var observed = Machines.After(state);
        var link = observed.Links["tnc0"];
        link = link with { Addresses = link.Addresses.Add(new InterfaceAddress(IPAddress.Parse("fe80::1"), 64)) };
        Assert.True(Planner.Plan(state, observed with { Links = observed.Links.SetItem("tnc0", link) }).IsEmpty);
    }

    [Fact]
    public void Services_go_before_those_that_they_wait_for()
    {
        var state = State(Fleet.Keys);
        var changes = Planner.Plan(new DesiredState([], [], [], [], []), Machines.After(state));
        var order = changes.Removes.Select(service => service.Name).ToList();
        Assert.Equal(state.Services.Length, order.Count);
        foreach (var daemon in (string[])["staticd", "ospfd", "bgpd"])
            Assert.True(order.IndexOf(daemon) < order.IndexOf("zebra"));
    }

    [Fact]
    public void Daemon_that_is_restarted_gets_no_commands()
    {
        var before = State(Fleet.Keys);
        var after = Fleet.Keys.With("/nodes/gw-b/lan", "10.42.99.0/24").Render("gw-b", new Machine { FrrDaemonFolder = "/opt/frr" });
        var changes = Planner.Plan(after, Machines.After(before));
        Assert.Equal(["zebra", "staticd", "ospfd", "bgpd"], changes.Defines.Select(service => service.Name));
        Assert.Empty(changes.Frr);
    }

    [Fact]
    public void Line_that_somebody_else_gave_a_daemon_is_taken_back_alone()
    {
        var state = State(Fleet.Keys);
        var observed = Machines.After(state);
        var drifted = observed.Frr["bgpd"].Config.Replace("exit\nrouter bgp", "exit\nip prefix-list MEDUZA-FILTER-IN seq 1 permit 0.0.0.0/0\nrouter bgp", StringComparison.Ordinal);
        var changes = Planner.Plan(state, observed with { Frr = observed.Frr.SetItem("bgpd", new(drifted)) });
        Assert.Equal(
            ["no ip prefix-list MEDUZA-FILTER-IN seq 1 permit 0.0.0.0/0", "bgp route-map delay-timer 0", "no bgp route-map delay-timer"],
            Assert.Single(changes.Frr).Commands.Select(command => command.Line));
        Assert.Equal(["frr"], changes.Components);
    }

    [Fact]
    public void Another_instance_restarts_nobody()
    {
        var before = State(Fleet.Keys);
        var changes = Planner.Plan(State(Fleet.Keys.With("/nodes/gw-b/openvpn/zweite/",
            ("enable", "true"), ("port", "1196"), ("ifconfig", "10.1.0.1 10.1.0.2"), ("secret", Material.Of("static.key")))), Machines.After(before));
        Assert.Equal(["openvpn-zweite"], changes.Defines.Select(service => service.Name));
        Assert.Equal(["openvpn/zweite"], changes.Components);
    }
}
