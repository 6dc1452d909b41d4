using Meduza.Lab.Harness;
using Meduza.Lab.Services;

namespace Meduza.Lab.Names;

/// <summary>dnsmasq answers, whatever becomes of those that it asks.</summary>
public sealed class QueryStreamTests : IDisposable
{
    private const string Node = "/nodes/gw/", Fallback = "198.51.100.3", HostKey = "/dns/hosts/" + QueryStream.KnownName;
    private const int SigKill = 9, SigStop = 19, SigContinue = 18;
    private static readonly TimeSpan Oldest = TimeSpan.FromSeconds(1);

    /// <summary>Before a resolver of a C library asks a second time (resolv.conf(5), <c>timeout</c>).</summary>
    private static readonly TimeSpan BesideOthers = TimeSpan.FromSeconds(5);

    /// <summary>How many times as long as whoever asks had to wait for a processor others may have had to.</summary>
    private const int Stalls = 10;

    private readonly LabNetwork _lab = LabNetwork.Create();
    private readonly Gateway _gateway;
    private readonly LanHost _host;

    public QueryStreamTests()
    {
        _gateway = _lab.AddGateway("gw");
        _host = _gateway.AddLan("10.1.0");
        _lab.Own(new LabResolver(_lab.Core, "192.0.2.1", Fallback));
        _lab.Etcd.Put(
            ("/global/mesh_type", "tinc"), (Node + "lan", "10.1.0.0/24"), (Node + "clash/enable", "true"), (Node + "mosdns/enable", "true"), (Node + "dnsmasq/enable", "true"), (HostKey, "10.1.0.100"));
        ProxyDoubles.Start(_gateway, ["DNS_NAMESERVERS=192.0.2.1"]);
        _lab.Etcd.Commit("first");
        _gateway.UntilState("dnsmasq", "ready");
    }

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void No_question_is_lost_or_asked_twice_while_those_who_are_asked_start_end_hang_and_come_back()
    {
        var dnsmasq = (int)_gateway.Service("dnsmasq")["pid"]!;
        using var stream = new QueryStream(_host.Network, "10.1.0.1");
        void Answers(string who)
        {
            _gateway.Init.WaitUntil(() => stream.Latest == who, $"answers are {who}'s at {stream.Now}: the latest is {stream.Latest}");
            // One fault after the other: what waits for the end of one is not to be met by the next.
            var now = stream.Now;
            _gateway.Init.WaitUntil(() => stream.IsAnsweredUpTo(now), $"all is answered that was asked up to {now}");
        }

        Answers(Fallback);
        using var hosts = new HostChanges(_lab.Etcd, HostKey, 100);
        ProxyDoubles.Go(_gateway.Init);
        Answers(ProxyDoubles.MosdnsAnswer);

        // Killed: it is back by itself.
        _gateway.Signal("mosdns", SigKill);
        Answers(ProxyDoubles.MihomoAnswer);
        Answers(ProxyDoubles.MosdnsAnswer);
        _gateway.Signal("mihomo", SigKill);
        _gateway.UntilState("mihomo", "ready");

        // Hung: it has its port, and the kernel takes what is sent there.
        _gateway.Signal("mosdns", SigStop);
        Answers(ProxyDoubles.MihomoAnswer);
        _gateway.Signal("mihomo", SigStop);
        Answers(Fallback);
        _gateway.Signal("mosdns", SigContinue);
        Answers(ProxyDoubles.MosdnsAnswer);
        _gateway.Signal("mosdns", SigStop);
        Answers(Fallback);
        _gateway.Signal("mihomo", SigContinue);
        Answers(ProxyDoubles.MihomoAnswer);
        _gateway.Signal("mosdns", SigContinue);
        Answers(ProxyDoubles.MosdnsAnswer);

        // Taken away by a commit, and given back by another.
        _lab.Etcd.Put(Node + "mosdns/enable", "false");
        _lab.Etcd.Commit("without");
        Answers(ProxyDoubles.MihomoAnswer);
        _lab.Etcd.Put(Node + "mosdns/enable", "true");
        _lab.Etcd.Commit("with");
        Answers(ProxyDoubles.MosdnsAnswer);

        hosts.End();
        var questions = stream.End();
        Assert.True(questions.Count > 1000, $"{questions.Count} questions were asked");
        // A second is what a machine does that has nothing else to do (it is printed); here other gateways run beside this one.
        var oldest = BesideOthers + Stalls * stream.WorstStall;
        None(questions.Where(question => question.Age is null), "are without an answer");
        None(questions.Where(question => question.Age > oldest), $"were answered after more than {oldest.TotalMilliseconds:0} ms");
        None(questions.Where(question => (question.Name == QueryStream.KnownName) != question.Answer.StartsWith("10.1.0.", StringComparison.Ordinal)), "have another's answer");
        Assert.Equal(dnsmasq, (int)_gateway.Service("dnsmasq")["pid"]!);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{questions.Count} questions, {hosts.Written} changes of hosts, oldest answer {questions.Max(question => question.Age!.Value).TotalMilliseconds:0} ms, "
            + $"{questions.Count(question => question.Age > Oldest)} after more than a second, worst stall {stream.WorstStall.TotalMilliseconds:0} ms");
    }

    private static void None(IEnumerable<QueryStream.Question> found, string what)
    {
        var all = found.ToList();
        Assert.True(all.Count == 0, $"{all.Count} questions {what}:\n{string.Join('\n', all.Take(50))}");
    }
}
