using System.Text.RegularExpressions;

namespace Meduza.Gateway.Tests.Fuzz.Oracles;

/// <summary>
/// The commands that a gateway has a use for, each in the one context in which FRR takes it. FRR itself does not look at
/// indentation, and looks for a command that a context does not have in the contexts around it; here both must be right.
/// </summary>
internal static class FrrGrammar
{
    private const string Ip = @"\d{1,3}(\.\d{1,3}){3}", Prefix = Ip + @"/\d{1,2}", Number = @"\d{1,10}", Name = "MEDUZA-[A-Z-]+", Device = "[A-Za-z0-9][A-Za-z0-9._-]{0,14}";

    /// <summary>Context, command, and the context that it opens; a command without one ends where it stands.</summary>
    private static readonly (string Context, string Command, string? Opens)[] Commands =
    [
        ("", "frr defaults traditional", null),
        ("", "hostname [A-Za-z0-9][A-Za-z0-9._-]{0,62}", null),
        ("", $"ip route {Prefix} blackhole 250", null),
        ("", $"ip prefix-list {Name} seq {Number} (permit|deny) {Prefix}( ge {Number})?( le {Number})?", null),
        ("", @"bgp as-path access-list MEDUZA-TRANSIT seq 5 permit \^\[\^ ]\+ \[\^ ]\+ \[\^ ]\+", null),
        ("", "bgp community-list standard MEDUZA-EXTERNAL seq 5 permit 0:9999", null),
        ("", $"route-map {Name} (permit|deny) {Number}", "route-map"),
        ("", $"interface {Device}", "interface"),
        ("", "router ospf", "ospf"),
        ("", $"router bgp {Number}", "bgp"),
        ("route-map", $"match ip address prefix-list {Name}", null),
        ("route-map", "match as-path MEDUZA-TRANSIT", null),
        ("route-map", "match community MEDUZA-EXTERNAL", null),
        ("route-map", "match tag 65000", null),
        ("route-map", "set (community 0:9999 additive|tag 65000|comm-list MEDUZA-EXTERNAL delete|local-preference 50)", null),
        ("interface", $"ip ospf (area {Number}|network broadcast)", null),
        ("interface", "no ip ospf passive", null),
        ("ospf", $"ospf router-id {Ip}", null),
        ("ospf", "passive-interface default", null),
        ("ospf", $"redistribute (connected|bgp) route-map {Name}", null),
        ("ospf", $"default-information originate route-map {Name}", null),
        ("bgp", $"bgp router-id {Ip}", null),
        ("bgp", "bgp log-neighbor-changes", null),
        ("bgp", "no bgp default ipv4-unicast", null),
        ("bgp", $"neighbor {Ip} (remote-as {Number}|timers connect 10)", null),
        ("bgp", $"neighbor {Ip} description (openvpn|wireguard|node)/[A-Za-z0-9][A-Za-z0-9._-]{{0,62}}", null),
        ("bgp", $"neighbor {Ip} update-source ({Ip}|{Device})", null),
        ("bgp", "address-family ipv4 unicast", "af"),
        ("af", $"network {Prefix}", null),
        ("af", $"redistribute ospf route-map {Name}", null),
        ("af", $"neighbor {Ip} (activate|next-hop-self|weight {Number}|route-map {Name} (in|out))", null),
        ("af", $"maximum-paths (ibgp )?{Number}", null),
    ];

    private static readonly (string Context, Regex Command, string? Opens)[] Compiled =
        [.. Commands.Select(command => (command.Context, new Regex($@"\A{command.Command}\z"), command.Opens))];

    /// <summary>Each command, with what opened the context that it stands in before it.</summary>
    public static IEnumerable<string> Read(string[] lines)
    {
        var open = new Stack<(string Name, string Command)>();
        foreach (var line in lines)
        {
            var context = open.TryPeek(out var top) ? top.Name : "";
            if (line.Trim() == (context == "af" ? "exit-address-family" : "exit") && Indent(line) == open.Count - 1)
            {
                open.Pop();
                continue;
            }
            Assert.True(Indent(line) == open.Count, $"a line that is indented otherwise than its context is: {line}");
            var command = line.TrimStart(' ');
            var known = Compiled.FirstOrDefault(known => known.Context == context && known.Command.IsMatch(command));
            Assert.True(known.Command is not null, $"no command of the context '{context}': {line}");
            yield return string.Concat(open.Reverse().Select(around => $"{around.Command} > ")) + command;
            if (known.Opens is { } opened)
                open.Push((opened, command));
        }
        Assert.Empty(open);
    }

    private static int Indent(string line) => line.Length - line.TrimStart(' ').Length;
}
