using System.Net;
using System.Runtime.InteropServices;
using Meduza.Linux.Netlink;
using Meduza.Linux.Netlink.Abi;
using Meduza.Linux.Netlink.Route;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Tests.Netlink;

/// <summary>The exchange of requests and answers, with a kernel that the test plays: what the real one does too seldom.</summary>
public sealed class NetlinkSocketTests : IDisposable
{
    private readonly Descriptor _kernel;
    private readonly RouteSocket _route;

    public unsafe NetlinkSocketTests()
    {
        var ends = stackalloc int[2];
        Assert.Equal(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
        _kernel = new Descriptor(ends[0]);
        _route = new RouteSocket(new NetlinkSocket(new Descriptor(ends[1])));
    }

    public void Dispose()
    {
        _route.Dispose();
        _kernel.Dispose();
    }

    [Fact]
    public void Torn_dump_is_asked_for_again_and_its_first_half_forgotten()
    {
        Answer(request: 1, Link(7, "old"), Link(8, "gone", LinuxNetlink.NLM_F_DUMP_INTR), Done());
        Answer(request: 2, Link(7, "new"), Done());
        Assert.Equal(["new"], _route.GetLinks().Select(l => l.Name));
    }

    [Fact]
    public void Tear_that_only_the_end_of_a_dump_tells_counts_too()
    {
        Answer(request: 1, Link(7, "old"), Done(flags: LinuxNetlink.NLM_F_DUMP_INTR));
        Answer(request: 2, Link(7, "new"), Done());
        Assert.Equal(["new"], _route.GetLinks().Select(l => l.Name));
    }

    [Fact]
    public void Dump_that_is_torn_each_time_ends_as_an_error()
    {
        for (uint request = 1; request <= 50; request++)
            Answer(request, Link(7, "v0", LinuxNetlink.NLM_F_DUMP_INTR), Done());
        Assert.Equal(EINTR, Assert.Throws<LinuxException>(() => _route.GetLinks()).Errno);
    }

    [Fact]
    public void Dump_that_fails_at_its_end_is_an_error_and_not_half_a_result()
    {
        Answer(request: 1, Link(7, "v0"), Done(error: -EINVAL));
        Assert.Equal(EINVAL, Assert.Throws<LinuxException>(() => _route.GetLinks()).Errno);
    }

    [Fact]
    public void Answers_to_an_earlier_request_are_passed_over()
    {
        Answer(request: 1, Link(7, "v0"), Overrun());
        Assert.Equal(ENOBUFS, Assert.Throws<LinuxException>(() => _route.GetLinks()).Errno);
        Answer(request: 1, Link(8, "late"), Done());
        Answer(request: 2, Link(9, "v1"), Done());
        Assert.Equal(["v1"], _route.GetLinks().Select(l => l.Name));
    }

    [Fact]
    public void Datagram_that_is_no_message_is_an_error()
    {
        Send([1, 2, 3, 4, 5]);
        Assert.Equal(EBADMSG, Assert.Throws<LinuxException>(() => _route.GetLinks()).Errno);
    }

    [Fact]
    public void Change_that_is_refused_is_told_with_the_kernels_words()
    {
        Answer(request: 1, (ref writer) =>
        {
            var token = writer.BeginMessage(LinuxNetlink.NLMSG_ERROR, LinuxNetlink.NLM_F_CAPPED | LinuxNetlink.NLM_F_ACK_TLVS);
            writer.WriteStruct(new NetlinkError { error = -EPERM });
            writer.WriteAttribute(LinuxNetlink.NLMSGERR_ATTR_MSG, "not with this device");
            writer.EndMessage(token);
        });
        var error = Assert.Throws<LinuxException>(() => _route.SetUp(3));
        Assert.Equal(EPERM, error.Errno);
        Assert.EndsWith(": not with this device", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fault_is_told_with_the_byte_where_it_is()
    {
        Answer(request: 1, (ref writer) =>
        {
            var token = writer.BeginMessage(LinuxNetlink.NLMSG_ERROR, LinuxNetlink.NLM_F_CAPPED | LinuxNetlink.NLM_F_ACK_TLVS);
            writer.WriteStruct(new NetlinkError { error = -EINVAL });
            writer.WriteAttribute(LinuxNetlink.NLMSGERR_ATTR_MSG, "no such attribute");
            writer.WriteAttribute(LinuxNetlink.NLMSGERR_ATTR_OFFS, 36u);
            writer.EndMessage(token);
        });
        var error = Assert.Throws<LinuxException>(() => _route.SetUp(3));
        Assert.Equal(("RTM_NEWLINK", "up of link 3", EINVAL, "no such attribute", 36), (error.Call, error.Subject, error.Errno, error.Detail, error.Offset));
    }

    [Fact]
    public void Answer_longer_than_the_buffer_is_asked_for_again_with_a_longer_one()
    {
        // What is queued before the second request is thrown away with the rest of the first answer.
        Send(new byte[40 << 10]);
        var answering = AnswerAfter(requests: 2, Link(7, "v0"), (ref writer) =>
        {
            var token = writer.BeginMessage(LinuxRtnetlink.RTM_NEWLINK, LinuxNetlink.NLM_F_MULTI);
            writer.WriteStruct(new LinkHeader { ifi_index = 8 });
            writer.WriteAttribute(LinuxIfLink.IFLA_IFNAME, "long");
            writer.WriteAttribute(99, new byte[36 << 10]);
            writer.EndMessage(token);
        }, Done());
        Assert.Equal(["v0", "long"], _route.GetLinks().Select(l => l.Name));
        answering.Join();
    }

    [Fact]
    public void Change_whose_answer_is_lost_is_not_made_again()
    {
        Send(new byte[40 << 10]);
        var error = Assert.Throws<LinuxException>(() => _route.SetUp(3));
        Assert.Equal(("recvfrom", EMSGSIZE, 1), (error.Call, error.Errno, _route.WriteCount));
    }

    [Fact]
    public void Batch_longer_than_the_send_buffer_gets_a_longer_one()
    {
        using var space = new NetworkNamespace();
        var socket = space.Run(() => NetlinkSocket.Open(LinuxNetlink.NETLINK_ROUTE));
        using var route = new RouteSocket(socket);
        Shorten(socket.Descriptor);
        var batch = new RouteBatch();
        for (var i = 0; i < 1000; i++)
            batch.AddRoute(new IpRoute(IPNetwork.Parse($"10.{i / 256}.{i % 256}.0/24")) { Type = RouteType.Blackhole });
        Assert.Empty(route.Send(batch));
        Assert.Equal(1000, route.GetRoutes(new RouteFilter { Type = RouteType.Blackhole }).Count);
    }

    // To the least that the kernel allows, some 4.5 kB.
    private static unsafe void Shorten(Descriptor socket)
    {
        var least = 1;
        Assert.Equal(0, setsockopt(socket.Number, SOL_SOCKET, SO_SNDBUF, &least, sizeof(int)));
    }

    private delegate void WriteMessage(ref MessageWriter writer);

    private static WriteMessage Link(int index, string name, ushort flags = 0) => (ref writer) =>
    {
        var token = writer.BeginMessage(LinuxRtnetlink.RTM_NEWLINK, (ushort)(LinuxNetlink.NLM_F_MULTI | flags));
        writer.WriteStruct(new LinkHeader { ifi_index = index });
        writer.WriteAttribute(LinuxIfLink.IFLA_IFNAME, name);
        writer.EndMessage(token);
    };

    private static WriteMessage Done(int error = 0, ushort flags = 0) => (ref writer) =>
    {
        var token = writer.BeginMessage(LinuxNetlink.NLMSG_DONE, (ushort)(LinuxNetlink.NLM_F_MULTI | flags));
        writer.WriteStruct(error);
        writer.EndMessage(token);
    };

    private static WriteMessage Overrun() => (ref writer) =>
        writer.EndMessage(writer.BeginMessage(LinuxNetlink.NLMSG_OVERRUN, 0));

    // Once so many requests were sent; the answer carries the number of the last.
    private Thread AnswerAfter(uint requests, params WriteMessage[] messages)
    {
        var thread = new Thread(() =>
        {
            for (var i = 0; i < requests; i++)
                Take();
            Answer(requests, messages);
        });
        thread.Start();
        return thread;
    }

    private unsafe void Take()
    {
        var request = stackalloc byte[256];
        Assert.True((long)recv(_kernel.Number, request, 256, 0) > 0);
    }

    // Queued before the request comes: the sequence numbers of a new socket count from 1.
    private void Answer(uint request, params WriteMessage[] messages)
    {
        foreach (var write in messages)
        {
            var writer = new MessageWriter(new byte[40 << 10]);
            write(ref writer);
            MemoryMarshal.AsRef<NetlinkHeader>(writer.Written).nlmsg_seq = request;
            Send(writer.Written);
        }
    }

    private unsafe void Send(ReadOnlySpan<byte> datagram)
    {
        fixed (byte* bytes = datagram)
            Assert.Equal(datagram.Length, (long)send(_kernel.Number, bytes, datagram.Length, 0));
    }
}
