using System.Text.Json;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Commits;

/// <summary><c>meduza commit --confirm</c>: without a confirmation a node is what it was, whatever the commit did to it.</summary>
public sealed class ConfirmTests : IDisposable
{
    private const string Own = $"/nodes/{SoloGateway.Node}/";
    private const string Filter = "/global/bgp/filter/in";
    private const string RolledBack = "rolled-back";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _data = Directory.CreateTempSubdirectory("meduza-data-").FullName;
    private readonly SoloGateway _solo = SoloGateway.Create();

    public ConfirmTests()
    {
        _solo.Gateway.Data = _data;
        _solo.Gateway.Start(["UPDATE_TTL_SECONDS=5"]);
        _solo.Apply("before", (Filter, "deny 10.70.0.0/16"));
        _solo.WaitUntilUp();
    }

    public void Dispose()
    {
        _solo.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public void A_commit_that_cuts_the_node_off_is_gone_back_from_by_itself_and_that_stays_until_the_next()
    {
        CutOff("15");
        _solo.Init.WaitUntil(() => !IsConnected(), "the commit has cut the node off", Patience);
        Assert.InRange(Waiting()!.Value, 0.1, 15);
        Assert.Matches(@"(?m)^confirm in \d+s this node goes back  to ""before"" revision \d+", _solo.Init.Meduza("status").Output);

        var outcome = _solo.Lab.Events.WaitForCommit(SoloGateway.Node, "cuts off", RolledBack, Patience);

        Assert.Equal("/commit/confirm", outcome.Errors[0].Key);
        Assert.Matches(@"^it was not confirmed within 15 s: back to commit 'before' \(revision \d+\), until the next commit$", outcome.Errors[0].Message);
        _solo.Init.WaitUntil(() => Addresses().Contains("10.255.0.1/24", StringComparison.Ordinal), "the address is back", Patience);
        Assert.DoesNotContain("192.0.2.1/", Addresses(), StringComparison.Ordinal);
        Assert.Matches(@"(?m)^back    at ""before"" revision \d+, until the next commit  \d+s ago  from ""cuts off""", _solo.Init.Meduza("status").Output);

        // Neither a reconcile, nor another agent, nor a boot without etcd takes it up again.
        Assert.Equal(3, _solo.Init.Meduza("reconcile", "--wait").ExitCode);
        StaysBack();
        Signals.Send(_solo.Gateway.Agent()!.HostPid, 9);
        _solo.Init.WaitUntil(IsBack, "the next agent is back, too", Patience);
        StaysBack();
        Assert.Equal(0, _solo.Init.Stop().ShellCode);
        _solo.Etcd.Stop();
        _solo.Gateway.Start();
        _solo.Init.WaitUntil(() => IsBack() && Addresses().Contains("10.255.0.1/24", StringComparison.Ordinal), "a boot without etcd is back, too", Patience);
        _solo.Etcd.Start();
        _solo.Init.WaitUntil(IsConnected, "etcd is found", Patience);
        StaysBack();

        _solo.Apply("next", ($"{Own}tinc/ipv4", "10.255.0.1/24"), (Filter, "deny 10.71.0.0/16"));
        Assert.False(IsBack());
        Assert.Contains("10.71.0.0/16", Routing(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_confirmed_one_stays_and_there_is_nothing_more_to_confirm()
    {
        Assert.Equal(3, _solo.Lab.Meduza("confirm").ExitCode);
        _solo.Etcd.Put(Filter, "deny 10.72.0.0/16");
        var commit = Commit("good", "20");
        Assert.Equal(0, commit.ExitCode);
        Assert.Contains("`meduza confirm` keeps it; without that each node goes back by itself, 20s after it takes it up\n", commit.Output, StringComparison.Ordinal);
        Assert.Matches($@"(?m)^{SoloGateway.Node} applied in .*, touched frr, waits for the confirmation$", commit.Output);
        var taken = Environment.TickCount64;
        Assert.DoesNotContain("\"good\"", _solo.Init.Meduza("rollback", "--list").Output, StringComparison.Ordinal);

        var confirm = _solo.Lab.Meduza("confirm");

        Assert.Equal((0, ""), (confirm.ExitCode, confirm.Error));
        Assert.Matches($@"(?m)^{SoloGateway.Node} applied in .*, touched frr, confirmed$", confirm.Output);
        Assert.Null(Waiting());
        Assert.Equal(3, _solo.Lab.Meduza("confirm").ExitCode);
        _solo.Init.WaitUntil(() => Environment.TickCount64 - taken > 22_000, "its time would be over");
        Assert.False(IsBack());
        Assert.Contains("10.72.0.0/16", Routing(), StringComparison.Ordinal);
        Assert.Matches(@"(?m)^0     ""good"" .* in force$", _solo.Init.Meduza("rollback", "--list").Output);
    }

    [Fact]
    public void An_agent_that_is_killed_and_a_gateway_that_is_restarted_meanwhile_go_on_counting()
    {
        CutOff("40");
        _solo.Init.WaitUntil(() => !IsConnected(), "the commit has cut the node off", Patience);
        var first = Waiting()!.Value;
        Signals.Send(_solo.Gateway.Agent()!.HostPid, 9);
        _solo.Init.WaitUntil(() => Waiting() is { } left && left < first, "the next agent waits, too", Patience);
        var second = Waiting()!.Value;
        Assert.Equal(0, _solo.Init.Stop().ShellCode);
        _solo.Gateway.Start();
        _solo.Init.WaitUntil(() => Waiting() is { } left && left < second, "the next gateway waits, too", Patience);

        Assert.Equal("cuts off", _solo.Lab.Events.WaitForCommit(SoloGateway.Node, "cuts off", RolledBack, Patience).Commit);
        _solo.Init.WaitUntil(() => IsConnected() && Addresses().Contains("10.255.0.1/24", StringComparison.Ordinal), "all is as before", Patience);
    }

    [Fact]
    public void A_machine_that_boots_meanwhile_is_what_it_was_until_the_commit_is_confirmed()
    {
        _solo.Etcd.Put(Filter, "deny 10.73.0.0/16");
        Assert.Equal(0, Commit("reboots", "1h").ExitCode);

        // The boot's name is all that tells an agent of another boot from one that was killed.
        _solo.Init.Run("sh", "-c", "echo another-boot > /run/boot && mount --bind /run/boot /proc/sys/kernel/random/boot_id");
        Signals.Send(_solo.Gateway.Agent()!.HostPid, 9);

        var outcome = _solo.Lab.Events.WaitForCommit(SoloGateway.Node, "reboots", RolledBack, Patience);
        Assert.StartsWith("the machine was started anew before it was confirmed: back to commit 'before'", outcome.Errors[0].Message, StringComparison.Ordinal);
        Assert.DoesNotContain("10.73.0.0/16", Routing(), StringComparison.Ordinal);

        var late = _solo.Lab.Meduza("confirm");
        Assert.Equal(3, late.ExitCode);
        Assert.Contains($"too late: {SoloGateway.Node} went back from commit \"reboots\"", late.Error, StringComparison.Ordinal);
        StaysBack();
        var forced = _solo.Lab.Meduza("confirm", "--force");
        Assert.True(forced.ExitCode == 0, forced.Output + forced.Error);
        Assert.Contains("10.73.0.0/16", Routing(), StringComparison.Ordinal);
        Assert.False(IsBack());
    }

    [Fact]
    public void A_second_commit_that_waits_goes_back_behind_both_and_one_that_does_not_ends_the_waiting()
    {
        _solo.Etcd.Put(Filter, "deny 10.74.0.0/16");
        Assert.Equal(0, Commit("one", "1h").ExitCode);
        _solo.Etcd.Put(Filter, "deny 10.75.0.0/16");
        var commit = Commit("two", "10");
        Assert.Contains("commit \"one\" still waits for its confirmation: this one comes in its place, with all its keys, and the way back goes behind both\n", commit.Output, StringComparison.Ordinal);

        var outcome = _solo.Lab.Events.WaitForCommit(SoloGateway.Node, "two", RolledBack, Patience);
        Assert.Contains("back to commit 'before'", outcome.Errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("10.70.0.0/16", Routing(), StringComparison.Ordinal);

        Assert.Equal(0, Commit("three", "10").ExitCode);
        _solo.Apply("by hand");
        Assert.Null(Waiting());
        Assert.Contains("10.75.0.0/16", Routing(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_was_away_when_it_was_confirmed_takes_it_up_when_it_is_back()
    {
        _solo.Etcd.Put(Filter, "deny 10.76.0.0/16");
        Assert.Equal(0, Commit("away", "10").ExitCode);
        _solo.Lab.Core.Ip($"link set {SoloGateway.Node} down");
        _solo.Init.WaitUntil(IsBack, "it went back by itself", Patience);
        Assert.Contains("10.70.0.0/16", Routing(), StringComparison.Ordinal);

        var confirm = _solo.Lab.Meduza("confirm", "--timeout", "1");
        Assert.StartsWith("confirmed commit \"away\"", confirm.Output, StringComparison.Ordinal);
        _solo.Lab.Core.Ip($"link set {SoloGateway.Node} up");

        _solo.Init.WaitUntil(() => !IsBack() && Routing().Contains("10.76.0.0/16", StringComparison.Ordinal), "it takes the confirmed commit up", Patience);
        Assert.Equal("applied", Outcome.TryParse(_solo.Etcd.Get($"/updated/{SoloGateway.Node}/commit")!)!.Result);
    }

    [Fact]
    public void A_commit_that_could_not_be_gone_back_from_is_not_begun()
    {
        Assert.Equal(0, _solo.Init.Stop().ShellCode);
        Directory.Delete($"{_data}/meduza", recursive: true);
        File.WriteAllText($"{_data}/meduza", "");
        _solo.Gateway.Start();
        _solo.Apply("without a disk");
        _solo.Etcd.Put(Filter, "deny 10.77.0.0/16");

        var commit = Commit("unsafe", "20");

        Assert.Equal(3, commit.ExitCode);
        Assert.Matches($@"(?m)^{SoloGateway.Node} rejected in .*, nothing touched\n      /commit/confirm: it could not be gone back from by itself, so nothing of it is done: ", commit.Output);
        Assert.DoesNotContain("10.77.0.0/16", Routing(), StringComparison.Ordinal);

        _solo.Etcd.Ctl(["txn"], "\nput /commit \"not a time\"\nput /commit/confirm soon\n\n\n");
        var outcome = _solo.Lab.Events.WaitForCommit(SoloGateway.Node, "not a time", timeout: Patience);
        Assert.Equal(("rejected", "'soon' is no time for a confirmation: whole seconds, 10 to 86400"), (outcome.Result, outcome.Errors[0].Message));
    }

    /// <summary>Commits that the overlay's device has etcd's own address: then every way to etcd ends here.</summary>
    private void CutOff(string seconds)
    {
        _solo.Etcd.Put($"{Own}tinc/ipv4", "192.0.2.1/32");
        // The node's own word may not get out any more.
        var commit = Commit("cuts off", seconds, "--timeout", "0");
        Assert.Contains("committed \"cuts off\"", commit.Output, StringComparison.Ordinal);
    }

    /// <summary>Of the absent peer there is no private key, which lint calls an error of that node.</summary>
    private CommandResult Commit(string message, string confirm, params string[] more) =>
        _solo.Lab.Meduza(["commit", message, "--confirm", confirm, "--force", "--nodes", SoloGateway.Node, .. more]);

    private void StaysBack()
    {
        Assert.True(IsBack());
        Assert.DoesNotContain("192.0.2.1/", Addresses(), StringComparison.Ordinal);
        Assert.Contains("10.70.0.0/16", Routing(), StringComparison.Ordinal);
    }

    private string Addresses() => _solo.Gateway.Network.Run("ip", "-4", "-o", "address", "show", "dev", "tnc0").Output;

    private string Routing() => _solo.Init.Run("vtysh", "-c", "show running-config").Output;

    private bool IsConnected() => Of("etcd", "connected")?.GetBoolean() == true;

    private bool IsBack() => Of("rolled_back", "revision") is not null;

    private double? Waiting() => Of("confirm", "seconds_left")?.GetDouble();

    private JsonElement? Of(string part, string field)
    {
        var output = _solo.Init.Meduza("status", "--json").Output;
        if (output.Length == 0)
            return null;
        using var document = JsonDocument.Parse(output);
        return document.RootElement.TryGetProperty(part, out var found) && found.ValueKind == JsonValueKind.Object && found.TryGetProperty(field, out var value)
            ? value.Clone()
            : null;
    }
}
