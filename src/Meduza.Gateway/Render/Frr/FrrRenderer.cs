using System.Collections.Immutable;
using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Plan;

namespace Meduza.Gateway.Render.Frr;

/// <summary>
/// FRR: each daemon a service of its own with a file of its own, which it reads at its start, and <c>/etc/frr/frr.conf</c>
/// with the whole for people and for vtysh. A change of configuration is not a change of service: it goes to the running
/// daemon line by line (<see cref="FrrDelta"/>), so that sessions stay.
/// </summary>
internal static partial class FrrRenderer
{
    private const string Component = "frr";
    private static readonly string User = ProgramPrivileges.Zebra.User;
    private const string EtcFolder = "/etc/frr";
    private const string WholePath = EtcFolder + "/frr.conf";
    private const string RunFolder = "/run/frr";
    private const string StateFolder = "/var/lib/frr";
    private const string ConfigFolder = RunFolder + "/meduza";

    public static void Render(GatewayConfig config, Machine machine, StateBuilder state)
    {
        if (config.Ospf is null && config.Bgp is null)
            return;
        // The daemons make their sockets and pid files there as this user.
        state.Folder(new DesiredFolder(EtcFolder, StateBuilder.GroupFolder, User) { Component = Component });
        state.Folder(new DesiredFolder(RunFolder, StateBuilder.PublicFolder, User) { Component = Component });
        // Below /var/lib they may make nothing themselves.
        state.Folder(new DesiredFolder(StateFolder, StateBuilder.GroupFolder, User) { Component = Component });
        state.Folder(new DesiredFolder(ConfigFolder, StateBuilder.GroupFolder, User) { Owned = true, Component = Component });

        var header = Header(config);
        var statics = StaticRoutes(config);
        var ospf = Ospf(config);
        var bgp = Bgp(config);
        Text(state, $"{EtcFolder}/vtysh.conf", "service integrated-vtysh-config\n");
        Text(state, WholePath, header + statics + ospf + bgp);
        state.Preflight(new Preflight(Component, [machine.Vtysh, "-C", "-f", WholePath], [WholePath], User)
        {
            // CMD_ERR_NO_MATCH, _AMBIGUOUS, _INCOMPLETE, _EXEED_ARGC_MAX and CMD_WARNING_CONFIG_FAILED of FRR's lib/command.h.
            Refusals = [2, 3, 4, 5, 13],
            // Its own settings, which it does without; and that there was an error at all.
            Chatter = [$"{EtcFolder}/vtysh.conf", "processing failure"],
            IsKnown = (candidate, taken) => FrrShape.AreAllIn(Encoding.UTF8.GetString(candidate.Span), Encoding.UTF8.GetString(taken.Span)),
        });

        if (machine.FrrHasMgmtd)
        {
            // staticd has no file from FRR 9 on: mgmtd keeps its configuration, and reads it from this fixed place.
            Daemon(state, machine, "mgmtd", header + statics, $"{EtcFolder}/mgmtd.conf", [], after: Earlier);
            Daemon(state, machine, "zebra", header, $"{ConfigFolder}/zebra.conf", ["-f", $"{ConfigFolder}/zebra.conf", .. NetlinkBuffer], after: ["mgmtd", .. Earlier]);
            Daemon(state, machine, "staticd", null, null, [], requires: ["mgmtd", "zebra"]);
        }
        else
        {
            Daemon(state, machine, "zebra", header, $"{ConfigFolder}/zebra.conf", ["-f", $"{ConfigFolder}/zebra.conf", .. NetlinkBuffer], after: Earlier);
            Daemon(state, machine, "staticd", header + statics, $"{ConfigFolder}/staticd.conf", ["-f", $"{ConfigFolder}/staticd.conf"], requires: ["zebra"]);
        }
        if (config.Ospf is not null)
            Daemon(state, machine, "ospfd", header + ospf, $"{ConfigFolder}/ospfd.conf", ["-f", $"{ConfigFolder}/ospfd.conf"], requires: ["zebra"]);
        if (config.Bgp is not null)
            Daemon(state, machine, "bgpd", header + bgp, $"{ConfigFolder}/bgpd.conf", ["-f", $"{ConfigFolder}/bgpd.conf"], requires: ["zebra"]);
    }

    /// <summary>
    /// What starts before FRR does. Tunnels do too, by their place in the state, and are not named: a new one would be a
    /// change of zebra's definition, and restart it.
    /// </summary>
    private static readonly ImmutableArray<string> Earlier = ["dnsmasq", "easytier", "tinc"];

    /// <summary>Bytes for zebra's netlink socket: with the default a burst of routes overruns it and zebra misses some.</summary>
    private static readonly ImmutableArray<string> NetlinkBuffer = ["-s", "90000000"];

    /// <param name="requires">
    /// Daemons on which it starts anew when they do: bgpd and ospfd connect to another zebra by themselves, and keep their
    /// sessions, but never give it the routes that the one before had.
    /// </param>
    private static void Daemon(
        StateBuilder state, Machine machine, string name, string? config, string? path, ImmutableArray<string> options,
        ImmutableArray<string> requires = default, ImmutableArray<string> after = default)
    {
        if (config is not null)
        {
            Text(state, path!, config);
            state.Frr(new FrrDaemonConfig(name, config) { Path = path! });
        }
        state.Service(new ServiceDefinition
        {
            Name = name,
            Component = Component,
            // No terminal over TCP: port 0 turns it off, the address is for the case that a version takes 0 for its default.
            Command = [$"{machine.FrrDaemonFolder}/{name}", .. options, "-A", "127.0.0.1", "-P", "0", "--log", "stdout", "--log-level", "informational"],
            Privileges = ProgramPrivileges.All.Single(program => program.Program == name).On(machine),
            Requires = requires,
            After = after,
            Readiness = new Readiness(ReadinessKind.UnixSocket, $"{RunFolder}/{name}.vty"),
            Health = HealthCheck.ByAnswers,
        });
    }

    private static void Text(StateBuilder state, string path, string content) =>
        state.File(new DesiredFile(path, Encoding.UTF8.GetBytes(content), StateBuilder.GroupReadFile, Component) { Owner = User });

    private static string Header(GatewayConfig config) => new ConfigText()
        .Line("frr defaults traditional")
        .Line($"hostname {config.Node}")
        .ToString();
}
