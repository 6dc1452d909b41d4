using System.Text.Json;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Store;

/// <summary>A gateway without etcd: it is what it last was.</summary>
public sealed class OfflineTests : IDisposable
{
    private const string Changed = "deny 172.16.0.0/12 le 32";
    private readonly string _data = Directory.CreateTempSubdirectory("meduza-data-").FullName;
    private readonly SoloGateway _solo = SoloGateway.Create();

    public OfflineTests()
    {
        _solo.Gateway.Data = _data;
        _solo.Gateway.Start();
        _solo.Apply("first", ("/global/bgp/filter/in", Changed));
        _solo.WaitUntilUp();
    }

    private string Snapshots => $"{_data}/meduza/snapshots";

    public void Dispose()
    {
        _solo.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public void A_boot_without_etcd_is_as_it_last_was_and_etcd_that_comes_back_touches_nothing()
    {
        var stopped = Reboot();

        _solo.Gateway.WaitUntilUp(TimeSpan.FromMinutes(1));
        Assert.Equal(stopped.Names, Names(_solo.Gateway.Daemons()));
        Assert.Contains(Changed, _solo.Init.Run("vtysh", "-c", "show running-config").Output, StringComparison.Ordinal);
        Assert.Contains("known.test", File.ReadAllText($"{_solo.Init.Root}/etc/etcd_hosts"), StringComparison.Ordinal);
        Assert.Equal(stopped.Revision, SnapshotInUse());
        Assert.Contains($"running from the snapshot on disk, revision {stopped.Revision}", _solo.Init.Meduza("status").Output, StringComparison.Ordinal);

        var daemons = _solo.Gateway.Daemons();
        _solo.Etcd.Start();
        _solo.Init.WaitUntil(() => SnapshotInUse() is null, "etcd has said that the commit is the one in force");
        Assert.Equal(daemons, _solo.Gateway.Daemons());
        _solo.Apply("second", ("/global/bgp/filter/in", "deny 10.0.0.0/8 le 32"));
        Assert.Equal(daemons, _solo.Gateway.Daemons());
    }

    [Fact]
    public void At_a_boot_names_are_answered_first_and_by_the_same_dnsmasq_as_ever_after()
    {
        var stopped = Reboot(() => _solo.Etcd.Start());

        _solo.Gateway.WaitUntilUp(TimeSpan.FromMinutes(1));
        Assert.Equal(stopped.Names, Names(_solo.Gateway.Daemons()));
        var lines = _solo.Init.Output.Split('\n').ToList();
        var names = lines.FindIndex(line => line.Contains("names first: dnsmasq as in the last good state", StringComparison.Ordinal));
        Assert.InRange(names, 0, lines.FindIndex(line => line.Contains("service zebra", StringComparison.Ordinal)) - 1);
        Assert.Single(lines, line => line.Contains("dnsmasq[", StringComparison.Ordinal) && line.Contains("started", StringComparison.Ordinal));
    }

    [Fact]
    public void A_damaged_snapshot_is_told_and_the_one_before_it_is_used()
    {
        _solo.Apply("second", ("/global/bgp/filter/in", "deny 10.0.0.0/8 le 32"));
        _solo.Init.WaitUntil(() => Directory.GetFiles(Snapshots, "applied-*").Length == 2, "both commits are kept");
        Reboot(() =>
        {
            foreach (var file in (string[])["in-force", "applied-0000000002"])
                Damage($"{Snapshots}/{file}");
        });

        _solo.Gateway.WaitUntilUp(TimeSpan.FromMinutes(1));
        Assert.Contains(Changed, _solo.Init.Run("vtysh", "-c", "show running-config").Output, StringComparison.Ordinal);
        Assert.Contains("in-force cannot be used: its checksum is wrong", _solo.Init.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_anything_that_can_be_used_it_waits_for_etcd()
    {
        Reboot(() =>
        {
            foreach (var file in Directory.GetFiles(Snapshots))
                File.WriteAllText(file, "rubbish");
        });

        _solo.Init.WaitForOutput(line => line.Contains("in-force cannot be used", StringComparison.Ordinal));
        Assert.Empty(_solo.Gateway.Daemons());
        _solo.Etcd.Start();
        _solo.Gateway.WaitUntilUp(TimeSpan.FromMinutes(1));
        Assert.Null(SnapshotInUse());
    }

    [Fact]
    public void A_boot_with_a_commit_that_is_rejected_is_as_the_last_good_one_was()
    {
        Assert.Equal("rejected", _solo.Commit("bad", ($"/nodes/{SoloGateway.Node}/lan", "nonsense")).Result);
        var names = Names(_solo.Gateway.Daemons());
        Assert.Equal(0, _solo.Init.Stop().ShellCode);
        _solo.Gateway.Start();

        _solo.Init.WaitUntil(() => Names(_solo.Gateway.Daemons()).SequenceEqual(names), "all that ran runs again");
        _solo.Init.WaitUntil(
            () => Status().GetProperty("commit") is { ValueKind: JsonValueKind.Object } commit && commit.GetProperty("result").GetString() == "rejected",
            "status says that the commit in etcd is rejected");
    }

    [Fact]
    public void An_agent_that_comes_back_without_etcd_mends_what_drifts()
    {
        var daemons = _solo.Gateway.Daemons();
        _solo.Etcd.Stop();
        Signals.Send(_solo.Gateway.Agent()!.HostPid, 9);
        _solo.Init.WaitUntil(() => SnapshotInUse() is not null, "the new agent has the last good state from the disk");
        Assert.Equal(daemons, _solo.Gateway.Daemons());

        File.Delete($"{_solo.Init.Root}/etc/etcd_hosts");
        _solo.Init.Meduza("reconcile");
        _solo.Init.WaitUntil(() => File.Exists($"{_solo.Init.Root}/etc/etcd_hosts"), "the file is there again");
        Assert.Equal(daemons, _solo.Gateway.Daemons());
    }

    [Fact]
    public void What_is_begun_with_from_the_disk_is_not_told_of_as_the_commit_that_etcd_has()
    {
        // The same keys: it is not written to the disk again.
        _solo.Apply("second");
        Assert.Equal("applied", _solo.Commit("third").Result);
        var told = _solo.Lab.Events.Seen.Count;
        _solo.Etcd.Stop();
        Signals.Send(_solo.Gateway.Agent()!.HostPid, 9);
        _solo.Init.WaitUntil(() => SnapshotInUse() is not null, "the new agent has the last good state from the disk");

        _solo.Etcd.Start();
        _solo.Init.WaitUntil(() => SnapshotInUse() is null, "etcd has said which commit is in force");
        Assert.Equal("applied", _solo.Commit("fourth").Result);

        var words = _solo.Lab.Events.Seen.Skip(told).Where(e => e.Key == $"/updated/{SoloGateway.Node}/commit").Select(e => (string)System.Text.Json.Nodes.JsonNode.Parse(e.Value!)!["commit"]!);
        Assert.All(words, commit => Assert.Contains(commit, (string[])["third", "fourth"]));
    }

    [Fact]
    public void A_disk_that_takes_nothing_is_a_warning_and_stops_no_commit()
    {
        _solo.Init.WaitUntil(() => File.Exists($"{Snapshots}/applied-0000000001"), "the commit is kept");
        Assert.Equal(0, _solo.Init.Stop().ShellCode);
        // What lies there is no folder.
        Directory.Delete($"{_data}/meduza", recursive: true);
        File.WriteAllText($"{_data}/meduza", "");
        _solo.Gateway.Start();
        _solo.Apply("second", ("/global/bgp/filter/in", "deny 10.0.0.0/8 le 32"));
        _solo.Init.WaitUntil(IsNotKept, "status warns");

        File.Delete($"{_data}/meduza");
        _solo.Apply("third", ("/global/bgp/filter/in", Changed));
        _solo.Init.WaitUntil(() => File.Exists($"{Snapshots}/in-force") && !IsNotKept(), "it is kept again, and nobody warns any more");
    }

    [Fact]
    public void It_is_roots_alone_and_holds_no_other_nodes_secret()
    {
        const string Secret = "hunter2-of-another-node";
        // Without something of its own the commit would be the one before to this node.
        _solo.Apply(
            "second", ("/global/bgp/filter/in", "deny 10.0.0.0/8 le 32"), ("/nodes/other/openvpn/x/secret", Secret), ("/nodes/other/tinc/private_key", Secret));
        _solo.Init.WaitUntil(() => Directory.GetFiles(Snapshots, "applied-*").Length == 2, "the commit is kept");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Snapshots));
        foreach (var file in Directory.GetFiles(Snapshots))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.DoesNotContain(Secret, File.ReadAllText(file), StringComparison.Ordinal);
        }
    }

    /// <summary>Stops the gateway and etcd, and starts the gateway alone.</summary>
    /// <param name="meanwhile">Done while nothing runs.</param>
    private (IReadOnlyList<string> Names, long Revision) Reboot(Action? meanwhile = null)
    {
        _solo.Init.WaitUntil(() => File.Exists($"{Snapshots}/applied-0000000001"), "the commit is kept");
        var names = Names(_solo.Gateway.Daemons());
        var revision = Status().GetProperty("commit").GetProperty("revision").GetInt64();
        Assert.Equal(0, _solo.Init.Stop().ShellCode);
        _solo.Etcd.Stop();
        meanwhile?.Invoke();
        _solo.Gateway.Start();
        return (names, revision);
    }

    private static void Damage(string file)
    {
        var content = File.ReadAllBytes(file);
        content[^1] ^= 1;
        // It may have another name, which is not to be damaged by this.
        File.Delete(file);
        File.WriteAllBytes(file, content);
    }

    private static List<string> Names(IReadOnlyList<SeenProcess> daemons) => [.. daemons.Select(daemon => daemon.Name).Order(StringComparer.Ordinal)];

    private long? SnapshotInUse() =>
        Status() is { ValueKind: JsonValueKind.Object } status && status.TryGetProperty("etcd", out var etcd) && etcd.ValueKind == JsonValueKind.Object
        && etcd.TryGetProperty("snapshot_in_use", out var revision) && revision.ValueKind == JsonValueKind.Number
            ? revision.GetInt64()
            : null;

    private bool IsNotKept() => Status().GetProperty("warnings").EnumerateArray()
        .Any(warning => warning.GetProperty("message").GetString()!.Contains("the last good state cannot be kept", StringComparison.Ordinal));

    private JsonElement Status()
    {
        var output = _solo.Init.Meduza("status", "--json").Output;
        using var document = JsonDocument.Parse(output.Length > 0 ? output : "null");
        return document.RootElement.Clone();
    }
}
