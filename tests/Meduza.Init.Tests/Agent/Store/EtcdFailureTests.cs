using System.Globalization;
using System.Text.Json;
using Meduza.Init.Agent.Store;

namespace Meduza.Init.Tests.Agent.Store;

/// <summary>etcd as it really fails: no commit is lost, and what can be said is said.</summary>
public sealed class EtcdFailureTests
{
    [Fact]
    public async Task A_change_of_the_leader_costs_no_commit()
    {
        var members = EtcdServer.Cluster();
        try
        {
            await using var session = new StoreSession(StoreSession.Settings(string.Join(',', members.Select(member => member.Endpoint))));
            await session.UntilAsync(() => session.Store.Problem is null);
            for (var term = 1; term <= 3; term++)
            {
                var leader = members.Single(IsLeader);
                leader.Ctl("move-leader", members.Select(MemberId).First(id => id != MemberId(leader)));
                members[term % 3].Put("/commit", $"under leader {term}");
                await session.UntilAsync(() => session.Store.Latest.Mark.Value == $"under leader {term}");
            }
        }
        finally
        {
            Array.ForEach(members, member => member.Dispose());
        }
    }

    [Fact]
    public async Task Members_that_die_one_after_another_are_passed_over_and_the_last_commit_is_seen()
    {
        var members = EtcdServer.Cluster();
        try
        {
            await using var session = new StoreSession(StoreSession.Settings(string.Join(',', members.Select(member => member.Endpoint))));
            for (var round = 0; round < members.Length; round++)
            {
                await session.UntilAsync(() => session.Store.Problem is null);
                var used = members.Single(member => member.Endpoint == session.Store.Endpoint?.ToString());
                used.Stop();
                var other = members.First(member => member != used);
                // Where the leader is gone another one must be found first.
                await StoreSession.EventuallyAsync(() => other.TryPut("/commit", $"without {round}"));
                await session.UntilAsync(() => session.Store.Latest.Mark.Value == $"without {round}");
                used.Start();
            }
        }
        finally
        {
            Array.ForEach(members, member => member.Dispose());
        }
    }

    [Fact]
    public async Task A_member_that_is_in_no_majority_is_left_though_it_answers_pings()
    {
        var members = EtcdServer.Cluster();
        try
        {
            // Nothing else asks it anything for minutes.
            await using var session = new StoreSession(StoreSession.Settings(
                string.Join(',', members.Select(member => member.Endpoint)), ("UPDATE_TTL_SECONDS", "600")));
            await StoreSession.EventuallyAsync(() => members[0].Ctl("get", "/updated/gw1/online", "--print-value-only").Trim() == "1");
            var others = members.Where(member => member.Endpoint != session.Store.Endpoint?.ToString()).ToList();

            others.ForEach(member => member.Freeze());

            await session.UntilAsync(() => session.Store.Problem is not null);
            others.ForEach(member => member.Thaw());
            await StoreSession.EventuallyAsync(() => others[0].TryPut("/commit", "by the majority"));
            await session.UntilAsync(() => session.Store.Latest.Mark.Value == "by the majority");
        }
        finally
        {
            Array.ForEach(members, member => member.Dispose());
        }
    }

    [Fact]
    public async Task What_could_not_be_read_is_to_be_read_again_without_another_event()
    {
        using var etcd = new EtcdServer();
        etcd.Put("/nodes/gw1/lan", "10.0.0.0/24");
        etcd.Put("/commit", "1");
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint, ("UPDATE_TTL_SECONDS", "600")));
        await StoreSession.EventuallyAsync(() => etcd.Ctl("get", "/updated/gw1/online", "--print-value-only").Trim() == "1");
        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "1");

        // Longer than a call may take, and shorter than the silence that ends a connection.
        await session.Triggers.TakeAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        etcd.Freeze();
        var reading = session.Store.ReadAsync(session.Store.Latest.Mark, whole: true, TestContext.Current.CancellationToken);
        var failure = await Assert.ThrowsAsync<EtcdException>(() => reading);
        etcd.Thaw();

        Assert.Equal(EtcdFailure.Unreachable, failure.Failure);
        using var bound = new CancellationTokenSource(StoreSession.Bound);
        while ((await session.Triggers.TakeAsync(Timeout.InfiniteTimeSpan, bound.Token) & Init.Agent.Trigger.Commit) == 0)
        {
        }
        var snapshot = await session.Store.ReadAsync(session.Store.Latest.Mark, whole: true, TestContext.Current.CancellationToken);
        Assert.Equal("10.0.0.0/24"u8, snapshot.Keys["/nodes/gw1/lan"].Span);
    }

    [Fact]
    public async Task A_look_that_was_on_its_way_while_a_commit_came_does_not_hide_it()
    {
        using var etcd = new EtcdServer();
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        await using var writer = await EtcdConnection.OpenAsync(
            new(new Uri(etcd.Endpoint)), StoreSession.Settings(etcd.Endpoint), TestContext.Current.CancellationToken);
        await session.UntilAsync(() => session.Store.Problem is null);
        using var done = new CancellationTokenSource();
        var looking = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await session.Store.RefreshAsync(CancellationToken.None);
        })));
        var steps = Task.Run(() =>
        {
            for (var last = 0L; !done.IsCancellationRequested;)
            {
                var revision = session.Store.Latest.Mark.Revision;
                Assert.True(revision >= last, $"{revision} after {last}");
                last = revision;
            }
        }, TestContext.Current.CancellationToken);

        for (var n = 0; n < 2_000; n++)
            Assert.NotNull(await writer.CommitAsync($"{n}", long.MaxValue - 1, confirm: null, TestContext.Current.CancellationToken));

        await done.CancelAsync();
        await Task.WhenAll(looking, steps);
        // The writer's answer may be here before the event.
        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "1999");
    }

    [Fact]
    public async Task A_restored_older_backup_is_the_truth()
    {
        using var etcd = new EtcdServer();
        etcd.Put("/nodes/gw1/lan", "10.0.0.0/24");
        etcd.Put("/commit", "in the backup");
        etcd.SaveBackup();
        etcd.Put("/nodes/gw1/lan", "10.9.0.0/24");
        for (var n = 0; n < 20; n++)
            etcd.Put("/commit", $"lost {n}");
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "lost 19");
        await session.Store.ReadAsync(session.Store.Latest.Mark, whole: false, TestContext.Current.CancellationToken);
        var lost = session.Store.Latest.Mark.Revision;

        etcd.Stop();
        etcd.StartFromBackup();

        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "in the backup");
        Assert.True(session.Store.Latest.Mark.Revision < lost);
        var snapshot = await session.Store.ReadAsync(session.Store.Latest.Mark, whole: false, TestContext.Current.CancellationToken);
        Assert.Equal("10.0.0.0/24"u8, snapshot.Keys["/nodes/gw1/lan"].Span);
        etcd.Put("/commit", "after it");
        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "after it");
    }

    [Fact]
    public async Task An_etcd_out_of_space_can_still_be_read_says_so_once_and_is_written_again_when_there_is_room()
    {
        using var etcd = new EtcdServer("http", "--quota-backend-bytes", "2000000");
        etcd.Put("/nodes/gw1/lan", "10.0.0.0/24");
        etcd.Put("/commit", "while there was room");
        var revision = 0;
        while (etcd.TryPut("/filling", new string('x', 100_000)))
            revision++;
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));
        session.Book.SetText("commit", "{}");
        session.Publish();

        await session.UntilAsync(() => session.Store.WriteProblem is not null);
        Assert.Equal("while there was room", session.Store.Latest.Mark.Value);
        var snapshot = await session.Store.ReadAsync(session.Store.Latest.Mark, whole: false, TestContext.Current.CancellationToken);
        Assert.Equal("10.0.0.0/24"u8, snapshot.Keys["/nodes/gw1/lan"].Span);
        Assert.Null(session.Store.Problem);
        Assert.Contains("NOSPACE", session.Store.WriteProblem, StringComparison.Ordinal);

        etcd.Ctl("compact", (revision + 3).ToString(CultureInfo.InvariantCulture));
        etcd.Ctl("defrag");
        etcd.Ctl("alarm", "disarm");
        await StoreSession.EventuallyAsync(() => etcd.Ctl("get", "--prefix", "/updated/gw1/", "--keys-only").Contains("/updated/gw1/online", StringComparison.Ordinal));
        await session.UntilAsync(() => session.Store.WriteProblem is null);
        Assert.Single(session.Log.Lines, line => line.Contains("NOSPACE", StringComparison.Ordinal));
        Assert.Single(session.Log.Lines, line => line.StartsWith("connected to etcd", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Word_of_a_commit_that_arrives_late_does_not_take_the_place_of_newer_word()
    {
        using var etcd = new EtcdServer();
        await using var way = new DelayedWay(new Uri(etcd.Endpoint), TimeSpan.Zero);
        await using var session = new StoreSession(StoreSession.Settings($"{way.Endpoint},{etcd.Endpoint}"));
        string Said() => etcd.Ctl("get", "/updated/gw1/commit", "--print-value-only").Trim();
        session.Book.SetText("commit", "first");
        session.Publish();
        await StoreSession.EventuallyAsync(() => Said() == "first");

        way.Hold();
        session.Book.SetText("commit", "second");
        session.Publish();
        await session.UntilAsync(() => session.Store.Problem is not null);
        session.Book.SetText("commit", "third");
        session.Publish();
        await StoreSession.EventuallyAsync(() => Said() == "third");
        way.Release();
        // Nobody tells whether it has arrived; the write that comes last shows that all is well.
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);

        Assert.Equal("third", Said());
        session.Book.SetText("commit", "fourth");
        session.Publish();
        await StoreSession.EventuallyAsync(() => Said() == "fourth");
    }

    [Fact]
    public async Task A_slow_way_to_etcd_costs_time_and_nothing_else()
    {
        using var etcd = new EtcdServer();
        await using var way = new DelayedWay(new Uri(etcd.Endpoint), TimeSpan.FromSeconds(1));
        await using var session = new StoreSession(StoreSession.Settings(way.Endpoint));
        await session.UntilAsync(() => session.Store.Problem is null);

        for (var n = 1; n <= 3; n++)
        {
            etcd.Put("/commit", $"{n}");
            await session.UntilAsync(() => session.Store.Latest.Mark.Value == $"{n}");
        }
        await StoreSession.EventuallyAsync(() => etcd.Ctl("get", "/updated/gw1/online", "--print-value-only").Trim() == "1");

        Assert.Single(session.Log.Lines, line => line.StartsWith("connected to etcd", StringComparison.Ordinal));
    }

    private static bool IsLeader(EtcdServer member) => Status(member, "leader") == Status(member, "member_id");

    private static string MemberId(EtcdServer member) => ulong.Parse(Status(member, "member_id"), CultureInfo.InvariantCulture).ToString("x", CultureInfo.InvariantCulture);

    /// <summary>A number of <c>etcdctl endpoint status</c>.</summary>
    private static string Status(EtcdServer member, string name)
    {
        using var document = JsonDocument.Parse(member.Ctl("endpoint", "status", "--write-out", "json"));
        var status = document.RootElement[0].GetProperty("Status");
        return (name == "leader" ? status.GetProperty("leader") : status.GetProperty("header").GetProperty(name)).GetRawText();
    }
}
