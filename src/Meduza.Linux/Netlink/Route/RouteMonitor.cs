using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Meduza.Linux.Netlink.Abi;
using Meduza.Linux.Process;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Netlink.Route;

/// <summary>
/// What happens to devices, addresses, routes and rules from the moment of <see cref="Open(RouteTopics)"/> on, in the network namespace
/// of the thread that opened it. Open it, then read the state with a <see cref="RouteSocket"/>, then read the notifications:
/// so nothing falls between.
/// </summary>
/// <remarks>
/// A thread of its own waits in poll(2) on the socket and on an eventfd that ends it: no interval, no wake-up while
/// nothing happens. A reader that does not keep up stops that thread; then the kernel's queue fills, and what
/// overflows becomes one <see cref="RouteEvent.Missed"/>.
/// </remarks>
public sealed class RouteMonitor : IDisposable
{
    private const int QueueLength = 1024;
    private const int StackLength = 256 << 10;

    private static readonly (RouteTopics Topic, uint Group)[] Groups =
    [
        (RouteTopics.Links, LinuxRtnetlink.RTNLGRP_LINK),
        (RouteTopics.Addresses, LinuxRtnetlink.RTNLGRP_IPV4_IFADDR),
        (RouteTopics.Addresses, LinuxRtnetlink.RTNLGRP_IPV6_IFADDR),
        (RouteTopics.Routes, LinuxRtnetlink.RTNLGRP_IPV4_ROUTE),
        (RouteTopics.Routes, LinuxRtnetlink.RTNLGRP_IPV6_ROUTE),
        (RouteTopics.Rules, LinuxRtnetlink.RTNLGRP_IPV4_RULE),
        (RouteTopics.Rules, LinuxRtnetlink.RTNLGRP_IPV6_RULE),
    ];

    private readonly NetlinkSocket _socket;
    private int _reading;

    private RouteMonitor(NetlinkSocket socket) => _socket = socket;

    /// <summary>Of devices and addresses.</summary>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static RouteMonitor Open() => Open(RouteTopics.Links | RouteTopics.Addresses);

    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static RouteMonitor Open(RouteTopics topics)
    {
        var socket = NetlinkSocket.Open(LinuxNetlink.NETLINK_ROUTE);
        try
        {
            foreach (var (topic, group) in Groups)
            {
                if ((topics & topic) != 0)
                    socket.Subscribe(group);
            }
            return new RouteMonitor(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The notifications as they come, until cancelled. One reading at a time.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/>.</exception>
    /// <exception cref="LinuxException">The socket failed.</exception>
    public async IAsyncEnumerable<RouteNotification> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _reading, 1) != 0)
            throw new InvalidOperationException("the notifications are being read already");

        using var stop = OpenEvent();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var queue = Channel.CreateBounded<RouteNotification>(new BoundedChannelOptions(QueueLength)
        {
            SingleReader = true,
            SingleWriter = true,
        });
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Pump(queue.Writer, stop, ended, stopping.Token), StackLength)
        {
            IsBackground = true,
            Name = "route-monitor",
        };
        thread.Start();
        try
        {
            await foreach (var notification in queue.Reader.ReadAllAsync(cancellation))
                yield return notification;
        }
        finally
        {
            await stopping.CancelAsync();
            Signal(stop);
            await ended.Task;
            Volatile.Write(ref _reading, 0);
        }
    }

    /// <summary>Closes the socket. A reading that is under way must have been cancelled.</summary>
    public void Dispose() => _socket.Dispose();

    private void Pump(
        ChannelWriter<RouteNotification> queue, Descriptor stop, TaskCompletionSource ended, CancellationToken stopping)
    {
        Exception? failure = null;
        try
        {
            var batch = new List<RouteNotification>();
            while (Wait(stop))
            {
                batch.Clear();
                Read(batch);
                foreach (var notification in batch)
                {
                    if (!queue.TryWrite(notification))
                        queue.WriteAsync(notification, stopping).AsTask().GetAwaiter().GetResult();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to end while the reader was slow.
        }
        catch (Exception e)
        {
            failure = e;
        }
        queue.TryComplete(failure);
        ended.SetResult();
    }

    // False when asked to end.
    private bool Wait(Descriptor stop)
    {
        pollfd[] waits =
        [
            new() { fd = _socket.Descriptor.Number, events = POLLIN },
            new() { fd = stop.Number, events = POLLIN },
        ];
        while (!Polling.Wait(waits, Timeout.Infinite))
        {
            // A signal came between.
        }
        return waits[1].revents == 0;
    }

    private void Read(List<RouteNotification> batch)
    {
        try
        {
            var reader = _socket.ReadNotifications();
            while (reader.TryRead(out var message))
            {
                if (TryParse(message, out var notification))
                    batch.Add(notification);
            }
        }
        catch (LinuxException e) when (e.Errno == ENOBUFS || e.Errno == EMSGSIZE)
        {
            batch.Add(new RouteNotification(RouteEvent.Missed, null, null));
        }
        catch (LinuxException e) when (e.Errno == EAGAIN)
        {
            // poll(2) may announce a datagram that is not there.
        }
    }

    private static bool TryParse(in Message message, out RouteNotification notification)
    {
        if (LinkMessages.TryParse(message, out var link))
        {
            var gone = message.Type == LinuxRtnetlink.RTM_DELLINK;
            notification = new RouteNotification(gone ? RouteEvent.LinkGone : RouteEvent.LinkChanged, link, null);
            return true;
        }
        if (AddressMessages.TryParse(message, out var address))
        {
            var gone = message.Type == LinuxRtnetlink.RTM_DELADDR;
            notification = new RouteNotification(gone ? RouteEvent.AddressGone : RouteEvent.AddressChanged, null, address);
            return true;
        }
        if (RouteMessages.TryParse(message, out var route))
        {
            var gone = message.Type == LinuxRtnetlink.RTM_DELROUTE;
            notification = new RouteNotification(gone ? RouteEvent.RouteGone : RouteEvent.RouteChanged, null, null, route);
            return true;
        }
        if (RuleMessages.TryParse(message, out var rule))
        {
            var gone = message.Type == LinuxRtnetlink.RTM_DELRULE;
            notification = new RouteNotification(gone ? RouteEvent.RuleGone : RouteEvent.RuleAdded, null, null, null, rule);
            return true;
        }
        notification = default;
        return false;
    }

    private static Descriptor OpenEvent() => Descriptor.FromCall(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd", "");

    private static unsafe void Signal(Descriptor stop)
    {
        var one = 1UL;
        if (write(stop.Number, &one, sizeof(ulong)) < 0)
            throw LinuxException.Last("write", "eventfd");
    }
}
