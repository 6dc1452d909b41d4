using System.Text.Json;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Commits;

/// <summary><c>meduza rollback</c>: one node is what it was, until the next commit.</summary>
public class RollbackTests
{
    private const string Filter = "/global/bgp/filter/in";

    [Fact]
    public void A_node_goes_back_by_one_and_by_three_and_stays_there_until_the_next_commit()
    {
        using var solo = SoloGateway.Start();
        for (var n = 1; n <= 5; n++)
        {
            solo.Apply($"commit {n}", (Filter, $"deny 10.8{n}.0.0/16"));
            solo.Init.WaitUntil(() => solo.Init.Meduza("rollback", "--list").Output.Contains($"\"commit {n}\"", StringComparison.Ordinal), "the commit is kept");
        }
        var daemons = solo.Gateway.Daemons();

        var dry = solo.Init.Meduza("rollback", "--dry-run");
        Assert.Equal(0, dry.ExitCode);
        Assert.EndsWith("going back would touch frr\n", dry.Output, StringComparison.Ordinal);
        Assert.Contains("10.85.0.0/16", Routing(solo), StringComparison.Ordinal);

        var one = solo.Init.Meduza("rollback");
        Assert.True(one.ExitCode == 0, one.Output + one.Error);
        Assert.Contains("going back would touch frr\n", one.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^back at ""commit 4"" revision \d+, until the next commit$", one.Output);
        Assert.Contains("10.84.0.0/16", Routing(solo), StringComparison.Ordinal);
        var outcome = solo.Lab.Events.WaitForCommit(SoloGateway.Node, "commit 5", "rolled-back");
        Assert.Equal((("/commit"), 1), (outcome.Errors[0].Key, outcome.Errors.Count));
        Assert.StartsWith("by `meduza rollback`: back to commit 'commit 4' (revision ", outcome.Errors[0].Message, StringComparison.Ordinal);

        // The periodic reconcile is this one.
        var reconcile = solo.Init.Meduza("reconcile", "--wait");
        Assert.Equal(3, reconcile.ExitCode);
        Assert.Contains("10.84.0.0/16", Routing(solo), StringComparison.Ordinal);
        Assert.Equal(3, solo.Init.Meduza("wait", "--commit", "commit 5").ExitCode);

        using (var three = JsonDocument.Parse(solo.Init.Meduza("rollback", "3", "--json").Output))
        {
            Assert.True(three.RootElement.GetProperty("ok").GetBoolean());
            Assert.Equal("commit 1", three.RootElement.GetProperty("to").GetProperty("commit").GetString());
        }
        Assert.Contains("10.81.0.0/16", Routing(solo), StringComparison.Ordinal);
        Assert.Matches(@"(?m)^back    at ""commit 1"" revision \d+, until the next commit", solo.Init.Meduza("status").Output);
        Assert.Matches(@"(?m)^-     ""commit 5""", solo.Init.Meduza("rollback", "--list").Output);

        solo.Apply("the same keys as commit 5");
        Assert.Contains("10.85.0.0/16", Routing(solo), StringComparison.Ordinal);
        Assert.DoesNotContain("\nback ", solo.Init.Meduza("status").Output, StringComparison.Ordinal);
        Assert.Equal(daemons, solo.Gateway.Daemons());
    }

    [Fact]
    public void One_that_cannot_be_read_is_refused_and_nothing_is_touched()
    {
        using var solo = SoloGateway.Start();
        solo.Apply("second", (Filter, "deny 10.88.0.0/16"));
        solo.Init.WaitUntil(() => solo.Init.Meduza("rollback", "--list").Output.Contains("\"second\"", StringComparison.Ordinal), "the commit is kept");
        solo.Init.Run("sh", "-c", "echo rubbish > /data/meduza/snapshots/applied-0000000001");
        var touches = new FileTouches(solo.Init);

        var refused = solo.Init.Meduza("rollback");

        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith(
            "meduza: nothing is touched: /data/meduza/snapshots/applied-0000000001 cannot be used: it is no snapshot, or one that was cut off", refused.Error, StringComparison.Ordinal);
        Assert.Empty(touches.Paths());
        Assert.Contains("10.88.0.0/16", Routing(solo), StringComparison.Ordinal);
    }

    private static string Routing(SoloGateway solo) => solo.Init.Run("vtysh", "-c", "show running-config").Output;
}
