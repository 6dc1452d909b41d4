using System.Text;
using Meduza.Init.Agent.Store;

namespace Meduza.Init.Tests.Agent.Store;

public sealed class EtcdStoreTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string? Value(Meduza.Gateway.Model.Snapshot snapshot, string key) =>
        snapshot.Keys.TryGetValue(key, out var value) ? Encoding.UTF8.GetString(value.Span) : null;

    [Fact]
    public async Task A_commit_means_the_keys_as_they_stood_at_it()
    {
        using var etcd = new EtcdServer();
        etcd.Put("/nodes/gw1/lan", "10.0.0.0/24");
        etcd.Put("/commit", "first");
        etcd.Put("/nodes/gw1/lan", "edited, not committed");
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "first");

        var snapshot = await session.Store.ReadAsync(session.Store.Latest.Mark, whole: false, Cancellation);

        Assert.Equal("10.0.0.0/24", Value(snapshot, "/nodes/gw1/lan"));
        Assert.Equal(session.Store.Latest.Mark.Revision, snapshot.Revision);
    }

    [Fact]
    public async Task A_commit_whose_revision_is_compacted_is_read_as_the_keys_are_now()
    {
        using var etcd = new EtcdServer();
        etcd.Put("/commit", "first");
        etcd.Put("/nodes/gw1/lan", "10.0.0.0/24");
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "first");
        etcd.Ctl("compact", "3");

        var snapshot = await session.Store.ReadAsync(session.Store.Latest.Mark, whole: false, Cancellation);

        Assert.Equal("10.0.0.0/24", Value(snapshot, "/nodes/gw1/lan"));
        Assert.Contains(session.Log.Lines, line => line.Contains("compacted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_commit_of_keys_that_were_looked_at_is_refused_when_there_are_newer_ones()
    {
        using var etcd = new EtcdServer();
        etcd.Put("/nodes/gw1/lan", "10.0.0.0/24");
        await using var connection = await EtcdConnection.OpenAsync(new(new Uri(etcd.Endpoint)), StoreSession.Settings(etcd.Endpoint), Cancellation);
        var seen = (await connection.ReadAsync(["/nodes/"], 0, Cancellation)).Revision;

        etcd.Put("/elsewhere", "of another program");
        Assert.NotNull(await connection.CommitAsync("first", seen, confirm: null, Cancellation));
        etcd.Put("/nodes/gw1/lan", "10.9.0.0/24");
        Assert.Null(await connection.CommitAsync("second", seen, confirm: null, Cancellation));
        Assert.Equal("first", etcd.Ctl("get", "/commit", "--print-value-only").Trim());
    }

    [Fact]
    public async Task Another_nodes_secrets_are_not_kept()
    {
        using var etcd = new EtcdServer();
        etcd.Put("/nodes/gw1/tinc/private_key", "mine");
        etcd.Put("/nodes/gw2/tinc/private_key", "its");
        etcd.Put("/nodes/gw2/tinc/public_key", "everybody's");
        etcd.Put("/commit", "first");
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "first");

        var snapshot = await session.Store.ReadAsync(session.Store.Latest.Mark, whole: false, Cancellation);

        Assert.Equal(["/nodes/gw1/tinc/private_key", "/nodes/gw2/tinc/public_key"], snapshot.Keys.Keys);
    }

    [Fact]
    public async Task Changes_added_to_what_is_known_are_the_same_as_all_of_it()
    {
        using var etcd = new EtcdServer();
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        await session.UntilAsync(() => session.Store.Problem is null);
        var random = new Random(20261126);
        string[] keys = ["/global/a", "/global/b/c", "/nodes/gw1/lan", "/nodes/gw1/x/y", "/nodes/gw2/private_lan", "/nodes/gw2/lan", "/nodes/gw3/router_id"];
        for (var commit = 1; commit <= 40; commit++)
        {
            // Nothing at all, too; the same key twice; deleted and made again; what nobody here reads.
            for (var edit = random.Next(4); edit > 0; edit--)
            {
                var key = keys[random.Next(keys.Length)];
                etcd.Ctl(random.Next(3) == 0 ? ["del", key] : ["put", key, $"{commit}.{edit}"]);
            }
            etcd.Put("/commit", $"{commit}");
            await session.UntilAsync(() => session.Store.Latest.Mark.Value == $"{commit}");

            var changes = await session.Store.ReadAsync(session.Store.Latest.Mark, whole: false, Cancellation);
            var all = await session.Store.ReadAsync(session.Store.Latest.Mark, whole: true, Cancellation);

            Assert.Equal(all.Revision, changes.Revision);
            Assert.Equal(all.Keys.Keys.Select(key => (key, Value(all, key))), changes.Keys.Keys.Select(key => (key, Value(changes, key))));
        }
    }

    [Fact]
    public async Task What_is_read_for_a_commit_grows_with_the_change_and_not_with_the_fleet()
    {
        using var etcd = new EtcdServer();
        for (var node = 1; node <= 100; node++)
            etcd.Put($"/nodes/gw{node}/tinc/public_key", new string('k', 10_000));
        etcd.Put("/commit", "first");
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "first");
        await session.Store.ReadAsync(session.Store.Latest.Mark, whole: false, Cancellation);

        var before = etcd.SentBytes;
        etcd.Put("/nodes/gw7/tinc/public_key", "changed");
        etcd.Put("/commit", "second");
        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "second");
        var snapshot = await session.Store.ReadAsync(session.Store.Latest.Mark, whole: false, Cancellation);

        Assert.Equal(100, snapshot.Keys.Count);
        Assert.Equal("changed", Value(snapshot, "/nodes/gw7/tinc/public_key"));
        Assert.InRange(etcd.SentBytes - before, 1, 10_000);
    }

    [Fact]
    public async Task A_commit_after_the_first_asks_etcd_for_nothing()
    {
        using var etcd = new EtcdServer();
        etcd.Put("/nodes/gw1/lan", "10.0.0.0/24");
        etcd.Put("/nodes/gw1/gone", "soon");
        etcd.Put("/commit", "0");
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "0");
        await session.Store.ReadAsync(session.Store.Latest.Mark, whole: false, Cancellation);
        // What follows the first one is read beside it: some commits may come too early.
        for (var n = 1; n <= 20; n++)
        {
            etcd.Put("/nodes/gw1/lan", $"10.0.{n}.0/24");
            etcd.Ctl("del", "/nodes/gw1/gone");
            etcd.Put("/commit", $"{n}");
            await session.UntilAsync(() => session.Store.Latest.Mark.Value == $"{n}");
            var before = etcd.Ranges;
            var snapshot = await session.Store.ReadAsync(session.Store.Latest.Mark, whole: false, Cancellation);
            Assert.Equal(["/nodes/gw1/lan"], snapshot.Keys.Keys);
            Assert.Equal($"10.0.{n}.0/24", Value(snapshot, "/nodes/gw1/lan"));
            Assert.Equal(session.Store.Latest.Mark.Revision, snapshot.Revision);
            if (n > 10)
                Assert.Equal(before, etcd.Ranges);
        }
    }

    [Fact]
    public async Task Commits_are_seen_as_they_happen_and_the_newest_wins()
    {
        using var etcd = new EtcdServer();
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        await session.UntilAsync(() => session.Store.Problem is null);
        Assert.Equal(LatestCommit.None, session.Store.Latest);

        etcd.Put("/commit", "1");
        etcd.Put("/commit", "2");

        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "2");
    }

    [Fact]
    public async Task Host_records_are_seen_as_they_happen()
    {
        using var etcd = new EtcdServer();
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        await session.UntilAsync(() => session.Store.Problem is null);

        etcd.Put("/dns/hosts/a.internal", "10.0.0.1");

        var raised = Init.Agent.Trigger.None;
        using var bound = new CancellationTokenSource(StoreSession.Bound);
        while ((raised & Init.Agent.Trigger.Hosts) == 0)
            raised = await session.Triggers.TakeAsync(Timeout.InfiniteTimeSpan, bound.Token);
        Assert.Equal("10.0.0.1", Encoding.UTF8.GetString((await session.Store.ReadHostsAsync(Cancellation))["/dns/hosts/a.internal"].Span));
    }

    [Fact]
    public async Task A_restart_of_etcd_loses_no_commit()
    {
        using var etcd = new EtcdServer();
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        await session.UntilAsync(() => session.Store.Problem is null);

        etcd.Stop();
        await session.Log.LineAsync(line => line.Contains("nothing listens there", StringComparison.Ordinal));
        etcd.Start();
        etcd.Put("/commit", "while it was away");

        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "while it was away");
        Assert.Single(session.Log.Lines, line => line.Contains("nothing listens there", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_watch_canceled_by_compaction_reads_again_and_goes_on()
    {
        using var etcd = new EtcdServer();
        for (var i = 0; i < 5; i++)
            etcd.Put("/commit", $"{i}");
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "4");

        etcd.Stop();
        await session.UntilAsync(() => session.Store.Problem is not null);
        etcd.Start();
        etcd.Put("/commit", "5");
        etcd.Put("/other", "x");
        etcd.Ctl("compact", "8");

        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "5");
        etcd.Put("/commit", "6");
        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "6");
    }

    [Fact]
    public async Task An_endpoint_that_is_down_is_passed_over()
    {
        using var etcd = new EtcdServer();
        etcd.Put("/commit", "here");
        await using var session = new StoreSession(StoreSession.Settings($"http://127.0.0.1:1,{etcd.Endpoint}"));

        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "here");
        Assert.Equal(etcd.Endpoint, session.Store.Endpoint?.ToString());
    }

    [Fact]
    public async Task The_node_is_online_on_a_lease_and_a_revoked_lease_is_replaced()
    {
        using var etcd = new EtcdServer();
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        await StoreSession.EventuallyAsync(() => etcd.Ctl("get", "/updated/gw1/online", "--print-value-only").Trim() == "1");

        var lease = etcd.Ctl("lease", "list").Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim();
        etcd.Ctl("lease", "revoke", lease);

        await StoreSession.EventuallyAsync(() => etcd.Ctl("get", "/updated/gw1/online", "--print-value-only").Trim() == "1");
    }

    [Fact]
    public async Task A_node_that_stops_is_offline_at_once()
    {
        using var etcd = new EtcdServer();
        await using (var session = new StoreSession(StoreSession.Settings(etcd.Endpoint, ("UPDATE_TTL_SECONDS", "600"))))
            await StoreSession.EventuallyAsync(() => etcd.Ctl("get", "/updated/gw1/online", "--print-value-only").Trim() == "1");

        Assert.Equal("", etcd.Ctl("get", "/updated/gw1/online", "--print-value-only").Trim());
    }

    [Fact]
    public async Task Status_is_written_and_what_an_earlier_life_left_is_deleted()
    {
        using var etcd = new EtcdServer();
        etcd.Put("/updated/gw1/openvpn/gone/status", "up 2020-01-01T00:00:00+0000");
        etcd.Put("/updated/gw1/note", "somebody's own");
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        session.Book.SetStates(new Dictionary<string, string> { ["tinc/status"] = "up" });
        session.Book.SetText("commit", "{}");
        session.Publish();

        await StoreSession.EventuallyAsync(() => etcd.Ctl("get", "--prefix", "/updated/gw1/", "--keys-only").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            is ["/updated/gw1/commit", "/updated/gw1/note", "/updated/gw1/online", "/updated/gw1/tinc/status"]);
        Assert.Matches(@"\Aup \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000\z", etcd.Ctl("get", "/updated/gw1/tinc/status", "--print-value-only").Trim());
    }

    [Fact]
    public async Task A_commit_that_waits_is_never_seen_as_one_that_does_not()
    {
        using var etcd = new EtcdServer();
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        await session.UntilAsync(() => session.Store.Problem is null);
        await using var hand = await OpenAsync(etcd);
        for (var n = 1; n <= 50; n++)
        {
            var revision = await hand.CommitAsync($"{n}", seen: long.MaxValue - 1, confirm: 10 + n, Cancellation);
            await session.UntilAsync(() =>
            {
                var latest = session.Store.Latest;
                return latest.Mark.Value == $"{n}" && Assert.IsType<string>(latest.Confirm) == $"{10 + n}" && latest.Mark.Revision == revision;
            });
        }

        var waits = session.Store.Latest.Mark;
        Assert.Null(await hand.ConfirmAsync(waits with { Revision = waits.Revision - 1 }, Cancellation));
        Assert.NotNull(await hand.ConfirmAsync(waits, Cancellation));
        await session.UntilAsync(() => session.Store.Latest.Confirm is null);
        Assert.Equal(waits, session.Store.Latest.Mark);
        Assert.Null(await hand.ConfirmAsync(waits, Cancellation));
    }

    [Fact]
    public async Task A_commit_by_hand_after_one_that_waited_does_not_wait()
    {
        using var etcd = new EtcdServer();
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        await session.UntilAsync(() => session.Store.Problem is null);
        await using var hand = await OpenAsync(etcd);
        await hand.CommitAsync("waits", seen: long.MaxValue - 1, confirm: 60, Cancellation);
        await session.UntilAsync(() => session.Store.Latest.Confirm == "60");

        etcd.Put("/commit", "by hand");
        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "by hand");
        Assert.Null(session.Store.Latest.Confirm);

        // What is read at the start of a session is what a watch tells.
        await session.Store.RefreshAsync(Cancellation);
        Assert.Null(session.Store.Latest.Confirm);
        Assert.Equal("60", session.Store.Latest.Note.Value);
    }

    private static Task<EtcdConnection> OpenAsync(EtcdServer etcd)
    {
        var settings = StoreSession.Settings(etcd.Endpoint);
        return EtcdConnection.OpenAsync(settings.Endpoints[0], settings, Cancellation);
    }
}
