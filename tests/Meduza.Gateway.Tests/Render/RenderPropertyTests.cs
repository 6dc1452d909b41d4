using System.Text;
using CsCheck;
using Meduza.Gateway.Lint;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Gateway.Tests.Plan;

namespace Meduza.Gateway.Tests.Render;

/// <summary>What holds for any keys whatever.</summary>
public sealed class RenderPropertyTests
{
    private static readonly string[] Values =
    [
        "true", "false", "", " ", "0", "1", "5", "655", "65001", "65536", "4294967295", "10.0.0.1", "10.0.0.0/24", "10.0.0.1/24", "fd00::1/64",
        "10.0.0.1 10.0.0.2", "10 60", "udp", "tcp-client", "tcp-server", "tinc", "easytier", "ospf", "bgp", "roaming", "tun0", "tap7", "tnc0",
        "host.example.net", "host 1194", "permit 10.0.0.0/8 le 24", "deny 0.0.0.0/0\npermit 0.0.0.0/0 le 32", "*", "65002\n65003",
        "10.1.0.0/16\n10.2.0.0/16\n10.1.0.0/16", "AES-256-GCM", "a\nb", "\"quoted\"", "$(reboot)", "`id`", "../../etc/passwd", "a#b;c", "\\",
        "%s", "end\nconfigure terminal", "x\0y", "ignore \"route \"", "0.0.0.0", "-1", "日本", "\u202e",
        Material.Of("static.key"), Material.Of("ca.crt"), Material.Of("client.crt"), Material.Of("client.key"), Material.Of("tinc-a.pub"), Material.Of("tinc-a.key"),
    ];

    private static readonly Gen<string> Names = Gen.OneOf(
        Gen.OneOf("office", "backup", "a.b", "x", "..", "a b", "name-that-is-rather-long-for-a-device", "gw-a", "gw-b", "gw-c"),
        Gen.String[1, 8]);

    private static readonly Gen<byte[]> Value = Gen.Frequency(
        (8, Gen.OneOf(Values).Select(Encoding.UTF8.GetBytes)),
        (1, Gen.String[0, 40].Select(Encoding.UTF8.GetBytes)),
        (1, Gen.Byte.Array[0, 20]));

    private static readonly Gen<string> KeyOf =
        from spec in Gen.Int[0, KeyTable.All.Length - 1]
        from node in Gen.Frequency((6, Gen.OneOf("gw-a", "gw-b")), (1, Names))
        from name in Names
        select KeyTable.All[spec].Template.Replace("<ID>", node, StringComparison.Ordinal)
            .Replace("<NAME>", name, StringComparison.Ordinal).Replace("<HOSTNAME>", name, StringComparison.Ordinal);

    private static readonly Gen<(string Key, byte[] Value)[]> Additions = Gen.Select(KeyOf, Value).Array[0, 12];

    /// <summary>The good fleet, some of its keys dropped, others put on top: near enough to good keys that much is rendered.</summary>
    internal static readonly Gen<KeySet> AnyKeys =
        from dropped in Gen.Int[0, Fleet.Keys.Snapshot.Keys.Count - 1].Array[0, 3]
        from added in Additions
        select added.Aggregate(
            dropped.Aggregate(Fleet.Keys, (keys, i) => keys.Without(Fleet.Keys.Snapshot.Keys.Keys.ElementAt(i))),
            (keys, pair) => keys.With(pair.Key, pair.Value));

    [Fact]
    public void Any_keys_render_or_report_and_never_throw() => AnyKeys.Sample(keys =>
    {
        foreach (var node in (string[])["gw-a", "gw-b", "gw-c"])
        {
            var result = keys.Parse(node);
            Assert.Equal(result.Config is null, !result.Errors.IsEmpty);
            Assert.DoesNotContain(result.Errors.Concat(result.Warnings), finding => finding.Message.Any(char.IsControl));
            if (result.Config is null)
                continue;
            var state = Renderer.Render(result.Config, new Machine());
            var again = Renderer.Render(keys.Parse(node).Config!, new Machine());
            Assert.True(Planner.Plan(again, Machines.After(state)).IsEmpty);
            AssertHarmless(state);
        }
    }, iter: 3_000);

    [Fact]
    public void Any_keys_are_judged_as_a_fleet_and_never_throw() => AnyKeys.Sample(keys =>
    {
        var report = FleetLint.Check(keys.Snapshot);
        Assert.All(report.Findings, finding => Assert.NotEmpty(finding.Keys));
        Assert.DoesNotContain(report.Findings, finding => finding.Message.Any(char.IsControl));
        // What a node would reject, lint calls an error.
        foreach (var node in report.Nodes)
            Assert.True(keys.Parse(node).Errors.IsEmpty || report.HasErrors, node);
    }, iter: 500);

    [Fact]
    public void Any_two_key_sets_are_a_plan_apart_that_leads_from_one_to_the_other() => Gen.Select(AnyKeys, AnyKeys).Sample((one, other) =>
    {
        if (one.Parse("gw-b").Config is not { } from || other.Parse("gw-b").Config is not { } to)
            return;
        var (before, after) = (Renderer.Render(from, new Machine()), Renderer.Render(to, new Machine()));
        var changes = Planner.Plan(after, Machines.After(before));
        // What the plan leaves alone is right already; what it writes is what is desired.
        var written = changes.Writes.Select(file => file.Path).ToHashSet();
        var old = before.Files.ToDictionary(file => file.Path, file => file.Content);
        foreach (var file in after.Files.Where(file => !written.Contains(file.Path)))
            Assert.True(old[file.Path].Span.SequenceEqual(file.Content.Span));
        Assert.Equal(changes.IsEmpty, changes.Components.IsEmpty);
    }, iter: 1_000);

    [Fact]
    public void What_was_added_and_removed_again_leaves_the_old_bytes_and_no_secret() => Gen.Select(AnyKeys, Additions).Sample((keys, added) =>
    {
        var more = added.Aggregate(keys, (set, pair) => set.With(pair.Key, pair.Value));
        if (keys.Parse("gw-b").Config is not { } before || more.Parse("gw-b").Config is not { } between)
            return;
        var state = Renderer.Render(before, new Machine());
        var machine = Machines.After(state);
        machine = machine.Apply(Planner.Plan(Renderer.Render(between, new Machine()), machine));
        machine = machine.Apply(Planner.Plan(state, machine));
        Assert.True(Planner.Plan(state, machine).IsEmpty);
        foreach (var file in state.Files)
            Assert.True(machine.Files[file.Path].Content.Span.SequenceEqual(file.Content.Span), file.Path);
        // The folder of a network that is renamed is nobody's: nothing tells whether it was ever ours.
        var renamed = $"/etc/tinc/{between.TincNetname}/";
        var secrets = Renderer.Render(between, new Machine()).Files.Where(file => file.Secret).Select(file => file.Path)
            .Where(path => before.TincNetname == between.TincNetname || !path.StartsWith(renamed, StringComparison.Ordinal));
        Assert.Empty(machine.Files.Keys.Intersect(secrets).Except(state.Files.Select(file => file.Path)));
        Assert.Equal(state.Services.Select(service => service.Name).Order(StringComparer.Ordinal), machine.Services.Keys.Order(StringComparer.Ordinal));
    }, iter: 1_000);

    [Fact]
    public void Unrelated_key_changes_nothing() => Gen.Select(Names, Value).Sample((name, value) =>
    {
        foreach (var key in (string[])[$"/global/unrelated/{name}", $"/nodes/gw-b/unrelated/{name}", $"/nodes/other-node/unrelated/{name}", $"/nodes/gw-b/wireguard/w/{name}", $"/elsewhere/{name}"])
        {
            var changes = Planner.Plan(Fleet.Keys.With(key, value).Render("gw-b"), Machines.After(Fleet.Keys.Render("gw-b")));
            Assert.True(changes.IsEmpty, $"{key}: {string.Join(' ', changes.Components)}");
        }
    }, iter: 500);

    [Fact]
    public void Order_in_which_a_list_was_written_changes_nothing_where_order_means_nothing() =>
        Gen.Shuffle((string[])["10.1.0.0/16", "10.2.0.0/16", "9.0.0.0/8", "10.1.0.0/24"]).Sample(lans =>
        {
            var sorted = Fleet.Keys.With("/nodes/gw-b/lan", "9.0.0.0/8\n10.1.0.0/16\n10.1.0.0/24\n10.2.0.0/16").Render("gw-b");
            Assert.True(Planner.Plan(Fleet.Keys.With("/nodes/gw-b/lan", string.Join('\n', lans)).Render("gw-b"), Machines.After(sorted)).IsEmpty);
        }, iter: 50);

    /// <summary>Whatever came in: paths stay in their folders, and no file holds a line that its renderer did not write.</summary>
    private static void AssertHarmless(DesiredState state)
    {
        foreach (var file in state.Files)
        {
            Assert.DoesNotContain("..", file.Path, StringComparison.Ordinal);
            Assert.All(file.Content.ToArray(), b => Assert.True(b is (byte)'\n' or (byte)'\t' or >= 0x20 and not 0x7f));
            if (file.Secret)
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.Mode);
        }
        foreach (var file in state.Files.Where(file => file.Path.StartsWith("/etc/openvpn/", StringComparison.Ordinal) && !file.Secret))
        {
            var directives = Encoding.UTF8.GetString(file.Content.Span).Split('\n').Select(line => line.Split(' ')[0]);
            Assert.DoesNotContain(directives, directive => directive is "up" or "down" or "plugin" or "user" or "config" or "log");
            Assert.Contains("script-security", directives);
        }
    }
}
