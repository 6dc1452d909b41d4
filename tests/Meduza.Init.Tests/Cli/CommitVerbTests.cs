using System.Text.Json;
using Meduza.Init.Tests.Agent.Store;

namespace Meduza.Init.Tests.Cli;

/// <summary><c>meduza commit</c> against a real etcd, with gateways that say what the test lets them say.</summary>
public sealed class CommitVerbTests : IDisposable
{
    private readonly EtcdServer _etcd = new();

    public CommitVerbTests()
    {
        _etcd.Put("/nodes/gw1/lan", "10.1.0.0/24");
        _etcd.Put("/nodes/gw2/lan", "10.2.0.0/24");
    }

    public void Dispose() => _etcd.Dispose();

    [Fact]
    public async Task Each_nodes_result_is_shown_as_it_arrives_and_all_applied_is_done()
    {
        Online("gw1", "gw2");
        var commit = EtcdCommand.RunAsync(_etcd.Endpoint, "commit", "seven", "--timeout", "60");
        var revision = await CommittedAsync();
        Say("gw2", revision, "applied", """["frr"]""");
        Say("gw1", revision, "applied", "[]");

        var result = await commit;

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.EndsWith(
            $"2 nodes, 0 errors, 1 warnings\ncommitted \"seven\" as revision {revision}\ngw2 applied in 2 ms, touched frr\ngw1 applied in 2 ms, nothing touched\n",
            result.Output, StringComparison.Ordinal);
        Assert.Equal("seven", _etcd.Ctl("get", "/commit", "--print-value-only").Trim());
    }

    [Fact]
    public async Task A_node_that_rejects_it_is_named_with_its_reason()
    {
        Online("gw1");
        var commit = EtcdCommand.RunAsync(_etcd.Endpoint, "commit", "--timeout", "60");
        Say("gw1", await CommittedAsync(), "rejected", "[]", """[{"key": "/nodes/gw1/x", "message": "is wrong"}]""");

        var result = await commit;

        Assert.Equal(3, result.Code);
        Assert.Contains("gw1 rejected in 2 ms, nothing touched\n      /nodes/gw1/x: is wrong\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("gw2 is offline: it applies the commit when it is back\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_degraded_node_is_waited_for_and_may_still_apply_it()
    {
        Online("gw1");
        var commit = EtcdCommand.RunAsync(_etcd.Endpoint, "commit", "--timeout", "60", "--json");
        var revision = await CommittedAsync();
        Say("gw1", revision - 1, "applied", "[]"); // of an earlier one
        Say("gw1", revision, "degraded", "[]", """[{"key": "tinc", "message": "is starting"}]""");
        _etcd.Put("/updated/gw1/commit", "rubbish");
        Say("gw1", revision, "applied", """["tinc"]""");

        var result = await commit;

        Assert.Equal((0, ""), (result.Code, result.Error));
        var document = JsonDocument.Parse(result.Output).RootElement;
        Assert.True(document.GetProperty("ok").GetBoolean());
        Assert.Equal("applied", document.GetProperty("nodes")[0].GetProperty("result").GetString());
        Assert.Equal("gw2", document.GetProperty("offline")[0].GetString());
    }

    [Fact]
    public async Task A_node_that_says_nothing_in_time_is_named()
    {
        Online("gw1", "gw2");
        var commit = EtcdCommand.RunAsync(_etcd.Endpoint, "commit", "--nodes", "gw2", "--timeout", "0.1");

        var result = await commit;

        Assert.Equal(3, result.Code);
        Assert.EndsWith("gw2 says nothing: see `meduza status` there\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_with_errors_are_not_committed_unless_that_is_asked_for()
    {
        _etcd.Put("/nodes/gw1/lan", "nonsense");

        var refused = await EtcdCommand.RunAsync(_etcd.Endpoint, "commit");
        Assert.Equal(3, refused.Code);
        Assert.StartsWith("meduza: nothing is committed: /nodes/gw1/lan: ", refused.Error, StringComparison.Ordinal);
        Assert.Equal("", _etcd.Ctl("get", "/commit"));

        Assert.Equal(0, (await EtcdCommand.RunAsync(_etcd.Endpoint, "commit", "--force")).Code); // nobody is online to be waited for
        Assert.NotEqual("", _etcd.Ctl("get", "/commit"));
    }

    [Theory]
    [InlineData("meduza: no node 'gw9' has keys: there are gw1, gw2\n", "--nodes", "gw9")]
    public async Task A_node_without_keys_is_a_mistake_and_nothing_is_committed(string error, params string[] arguments)
    {
        var result = await EtcdCommand.RunAsync(_etcd.Endpoint, ["commit", .. arguments]);

        Assert.Equal((2, error), (result.Code, result.Error));
        Assert.Equal("", _etcd.Ctl("get", "/commit"));
    }

    [Fact]
    public async Task A_commit_to_be_confirmed_says_how_and_writes_both_keys_at_once()
    {
        Online("gw1");
        var commit = EtcdCommand.RunAsync(_etcd.Endpoint, "commit", "risky", "--confirm", "2m", "--timeout", "60");
        var revision = await CommittedAsync();
        Say("gw1", revision, "applied", "[]", confirm: "waiting");

        var result = await commit;

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.EndsWith(
            $"committed \"risky\" as revision {revision}\n`meduza confirm` keeps it; without that each node goes back by itself, 2m0s after it takes it up\n"
                + "gw2 is offline: it applies the commit when it is back\ngw1 applied in 2 ms, nothing touched, waits for the confirmation\n",
            result.Output, StringComparison.Ordinal);
        using var note = JsonDocument.Parse(_etcd.Ctl("get", "/commit/confirm", "--write-out", "json"));
        Assert.Equal(revision, note.RootElement.GetProperty("kvs")[0].GetProperty("mod_revision").GetInt64());
        Assert.Equal("120", _etcd.Ctl("get", "/commit/confirm", "--print-value-only").Trim());
    }

    [Fact]
    public async Task A_confirmation_waits_until_each_node_has_heard_of_it()
    {
        Online("gw1");
        var revision = await CommitToBeConfirmedAsync();
        Say("gw1", revision, "applied", "[]", confirm: "waiting");
        var confirm = EtcdCommand.RunAsync(_etcd.Endpoint, "confirm", "--timeout", "60");
        await StoreSession.EventuallyAsync(() => _etcd.Ctl("get", "/commit/confirm").Length == 0);
        Say("gw1", revision, "applied", "[]", confirm: "waiting"); // a new session writes what is there
        Say("gw1", revision, "applied", """["frr"]""", confirm: "confirmed");

        var result = await confirm;

        Assert.Equal(
            (0, "", $"confirmed commit \"risky\" (revision {revision})\ngw2 is offline: it takes the commit up for good when it is back\ngw1 applied in 2 ms, touched frr, confirmed\n"),
            (result.Code, result.Error, result.Output));
    }

    [Fact]
    public async Task Where_nothing_waits_there_is_nothing_to_confirm()
    {
        var none = await EtcdCommand.RunAsync(_etcd.Endpoint, "confirm");
        Assert.Equal((3, "meduza: nothing is committed yet\n"), (none.Code, none.Error));

        var revision = await CommitToBeConfirmedAsync();
        Assert.Equal(0, (await EtcdCommand.RunAsync(_etcd.Endpoint, "confirm")).Code);
        var again = await EtcdCommand.RunAsync(_etcd.Endpoint, "confirm");
        Assert.Equal(
            (3, $"meduza: commit \"risky\" (revision {revision}) does not wait for a confirmation: it was made without --confirm, or is confirmed\n"), (again.Code, again.Error));

        // One that somebody wrote by hand in its place does not wait.
        await CommitToBeConfirmedAsync();
        _etcd.Put("/commit", "by hand");
        Assert.Equal(3, (await EtcdCommand.RunAsync(_etcd.Endpoint, "confirm")).Code);
    }

    [Fact]
    public async Task A_confirmation_is_too_late_where_a_node_went_back_unless_it_is_to_take_it_up_again()
    {
        Online("gw1");
        var revision = await CommitToBeConfirmedAsync();
        Say("gw1", revision, "rolled-back", "[]", """[{"key": "/commit/confirm", "message": "late"}]""");

        var late = await EtcdCommand.RunAsync(_etcd.Endpoint, "confirm");
        Assert.Equal(
            (3, $"meduza: too late: gw1 went back from commit \"risky\" (revision {revision}) already: commit again, or use --force to have it taken up again there\n"),
            (late.Code, late.Error));
        Assert.NotEqual("", _etcd.Ctl("get", "/commit/confirm"));

        var forced = EtcdCommand.RunAsync(_etcd.Endpoint, "confirm", "--force", "--timeout", "60");
        await StoreSession.EventuallyAsync(() => _etcd.Ctl("get", "/commit/confirm").Length == 0);
        Say("gw1", revision, "applied", "[]", confirm: "confirmed");
        Assert.Equal(0, (await forced).Code);
    }

    [Fact]
    public async Task A_commit_in_the_place_of_one_that_waits_says_so()
    {
        await CommitToBeConfirmedAsync();
        Assert.Contains(
            "commit \"risky\" still waits for its confirmation: this one comes in its place, with all its keys and without a way back\n",
            (await EtcdCommand.RunAsync(_etcd.Endpoint, "commit")).Output, StringComparison.Ordinal);
    }

    private async Task<long> CommitToBeConfirmedAsync()
    {
        await EtcdCommand.RunAsync(_etcd.Endpoint, "commit", "risky", "--confirm", "60", "--timeout", "0");
        return await CommittedAsync();
    }

    private void Online(params string[] nodes) => Array.ForEach(nodes, node => _etcd.Put($"/updated/{node}/online", "1"));

    private void Say(string node, long revision, string result, string changed, string errors = "[]", string? confirm = null) => _etcd.Put(
        $"/updated/{node}/commit",
        $$"""{"revision": {{revision}}, "commit": "x", "result": "{{result}}", "errors": {{errors}}, "changed": {{changed}}, "duration_ms": 2, "version": "1"{{(confirm is null ? "" : $""", "confirm": "{confirm}" """)}}}""");

    /// <returns>The revision of the commit, once it is there.</returns>
    private async Task<long> CommittedAsync()
    {
        await StoreSession.EventuallyAsync(() => _etcd.Ctl("get", "/commit").Length > 0);
        using var document = JsonDocument.Parse(_etcd.Ctl("get", "/commit", "--write-out", "json"));
        return document.RootElement.GetProperty("kvs")[0].GetProperty("mod_revision").GetInt64();
    }
}
