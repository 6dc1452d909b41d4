using Meduza.Init.Cli;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Cli;

public class StatusTableTests
{
    [Fact]
    public void Healthy_gateway_is_short() => Assert.Equal(
        """
        node    gw-a  meduza 0.1.0
        commit  "change 4711"  revision 57  applied  3m12s ago  in 41 ms  touched frr, tinc
        etcd    http://10.0.0.1:2379  connected

        SERVICE  STATE  PID   UPTIME
        agent    ready  12    3m12s
        dnsmasq  ready  1034  3m12s

        """, StatusTable.Text(Samples.Healthy, FakePid1.Clock(), colour: false));

    [Theory]
    [InlineData(true, null, "probes  port 8080  open\n")]
    [InlineData(false, null, "probes  port 8080  closed\n")]
    [InlineData(false, "it cannot be opened", "probes  port 8080  closed  it cannot be opened\n")]
    public void Port_for_probes_is_shown_where_there_is_one(bool open, string? error, string line) => Assert.Contains(
        "\n" + line,
        StatusTable.Text(Samples.Healthy with { Report = Samples.Report(Samples.Commit()) with { HealthPort = new(8080, open, error) } }, FakePid1.Clock(), colour: false),
        StringComparison.Ordinal);

    [Fact]
    public void Trouble_is_told_with_what_it_waits_for_and_what_is_wrong() => Assert.Equal(
        """
        node    gw-a  meduza 0.1.0
        commit  "change 4711"  revision 57  degraded  3m12s ago  in 41 ms  touched frr, tinc
        etcd    http://10.0.0.1:2379, http://10.0.0.2:2379  not connected  connection refused

        SERVICE  STATE    PID  UPTIME  RESTARTS  LAST EXIT            WAITS FOR
        agent    ready    12   3m12s
        bgpd     failing               5         signal 11 (SIGSEGV)
        mosdns   waiting                                              mihomo to be ready

        OPENVPN  DEVICE      STATE       SINCE
        office   tun-office  up          2h0m
        home     tun-home    connecting

        NEIGHBOUR  PROTOCOL  STATE         DETAIL
        10.8.0.2   bgp       Established   AS 65002, 3 prefixes
        10.1.0.2   ospf      Init/DROther  tnc0

        FINDING  KEY                  WHAT IS WRONG
        error    /nodes/gw-a/bgp/asn  65000x is not an AS number
        warning  /nodes/gw-b/lan      10.0.0.1/24 has host bits set: read as 10.0.0.0/24

        """, StatusTable.Text(Samples.Troubled, FakePid1.Clock(), colour: false));

    [Fact]
    public void A_download_is_shown_as_a_bar_where_it_is_known_how_long_it_is()
    {
        var report = Samples.Report(Samples.Commit()) with
        {
            Downloads = [new("rule_file", "geo/cn.txt", 3 << 20, 4 << 20, 512 << 10), new("subscription", "main", 2048, null, 100)],
        };
        Assert.EndsWith(
            """

            DOWNLOAD    KIND          PROGRESS                DONE  BYTES    OF       RATE
            geo/cn.txt  rule file     [###############.....]  75 %  3.0 MiB  4.0 MiB  512.0 KiB/s
            main        subscription                                2.0 KiB           100 B/s

            """, StatusTable.Text(Samples.Healthy with { Report = report }, FakePid1.Clock(), colour: false), StringComparison.Ordinal);
        Assert.Equal([75, null], StatusDocument.Of(new() { Report = report }, FakePid1.Clock()).Downloads.Select(row => row.Percent));
    }

    [Fact]
    public void A_commit_that_waits_is_shown_with_what_is_left_of_its_time()
    {
        var clock = FakePid1.Clock();
        var report = Samples.Report(Samples.Commit()) with { Confirm = new("change 4711", 57, (clock.GetTimestamp() + TimeSpan.FromSeconds(42.5).Ticks), "before", 50) };

        Assert.Contains(
            "\nconfirm in 42s this node goes back  to \"before\" revision 50  `meduza confirm` keeps the commit\netcd ",
            StatusTable.Text(new() { Report = report }, clock, colour: false), StringComparison.Ordinal);
        var document = StatusDocument.Of(new() { Report = report }, clock);
        Assert.Equal((42.5, 57L, "before"), (document.Confirm!.SecondsLeft, document.Confirm.Revision, document.Confirm.ToCommit));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, StatusDocument.Of(new() { Report = report }, clock).Confirm!.SecondsLeft);
    }

    [Fact]
    public void A_node_that_went_back_says_from_what_to_what_and_why()
    {
        var report = Samples.Report(Samples.Commit(CommitReport.RolledBack)) with
        {
            RolledBack = new("change 4711", 57, "it was not confirmed within 60 s", "", 0, FakePid1.Now.AddSeconds(-192).ToUnixTimeMilliseconds()),
        };
        var reply = Samples.Healthy with { Report = report };

        Assert.Contains(
            "\nback    at what was before the first commit, until the next commit  3m12s ago  from \"change 4711\" revision 57: it was not confirmed within 60 s\netcd ",
            StatusTable.Text(reply, FakePid1.Clock(), colour: false), StringComparison.Ordinal);
        Assert.False(StatusDocument.Of(reply, FakePid1.Clock()).Ok);
    }

    [Fact]
    public void Before_the_agent_reported_there_are_the_services_alone() => Assert.Equal(
        """
        agent   has not reported yet: see its state below, and `meduza logs agent`

        SERVICE  STATE     PID  UPTIME
        agent    starting  12   3m12s

        """,
        StatusTable.Text(new ControlReply { Services = [Samples.Service("agent", ServiceStates.Starting, 12)] }, FakePid1.Clock(), colour: false));

    [Fact]
    public void Lines_that_a_full_disk_cost_are_shown_where_there_are_any() => Assert.Equal(
        """
        SERVICE  STATE  PID  UPTIME  LOG LINES LOST
        a        ready  12   3m12s   17
        b        ready  13   3m12s

        """,
        StatusTable.Services([Samples.Service("a", pid: 12) with { LogLinesLost = 17 }, Samples.Service("b", pid: 13)]).Text(colour: false));

    [Fact]
    public void Before_the_first_commit_it_says_so() => Assert.Contains(
        "commit  none applied yet\n", StatusTable.Text(new ControlReply { Report = Samples.Report(null) }, FakePid1.Clock(), colour: false), StringComparison.Ordinal);

    [Fact]
    public void Colour_tells_good_from_bad()
    {
        var text = StatusTable.Text(Samples.Troubled, FakePid1.Clock(), colour: true);
        Assert.Contains("\e[32mready\e[0m", text, StringComparison.Ordinal);
        Assert.Contains("\e[31mfailing\e[0m", text, StringComparison.Ordinal);
        Assert.Contains("\e[33mwaiting\e[0m", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', StatusTable.Text(Samples.Troubled, FakePid1.Clock(), colour: false));
    }

    [Fact]
    public void Key_that_would_steer_the_terminal_is_shown_and_not_obeyed()
    {
        var reply = Samples.Healthy with { Report = Samples.Report(Samples.Commit() with { Commit = "\e[2Jx\r\nnode  other" }) };
        Assert.Contains("\"\\x1b[2Jx\\x0d\\x0anode  other\"", StatusTable.Text(reply, FakePid1.Clock(), colour: false), StringComparison.Ordinal);
    }
}
