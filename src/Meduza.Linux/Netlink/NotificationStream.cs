using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Meduza.Linux.Process;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Netlink;

/// <summary>What a netlink socket is told by the kernel, as a stream.</summary>
/// <remarks>
/// A thread of its own waits in poll(2) on the socket and on an eventfd that ends it: no interval, no wake-up while
/// nothing happens. A reader that does not keep up stops that thread; then the kernel's queue fills, and what
/// overflows becomes one <paramref name="missed"/>.
/// </remarks>
/// <param name="socket">Subscribed already; closed with this.</param>
/// <param name="parse">Makes a notification of a message.</param>
/// <param name="missed">Stands for those that were lost.</param>
/// <param name="name">Of the thread.</param>
internal sealed class NotificationStream<T>(NetlinkSocket socket, MessageParser<T> parse, T missed, string name) : IDisposable
{
    private const int QueueLength = 1024;
    private const int StackLength = 256 << 10;

    private int _reading;

    /// <summary>The notifications as they come, until cancelled. One reading at a time.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/>.</exception>
    /// <exception cref="LinuxException">The socket failed.</exception>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _reading, 1) != 0)
            throw new InvalidOperationException("the notifications are being read already");

        using var stop = OpenEvent();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var queue = Channel.CreateBounded<T>(new BoundedChannelOptions(QueueLength)
        {
            SingleReader = true,
            SingleWriter = true,
        });
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Pump(queue.Writer, stop, ended, stopping.Token), StackLength)
        {
            IsBackground = true,
            Name = name,
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
    public void Dispose() => socket.Dispose();

    private void Pump(
        ChannelWriter<T> queue, Descriptor stop, TaskCompletionSource ended, CancellationToken stopping)
    {
        Exception? failure = null;
        try
        {
            var batch = new List<T>();
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
            new() { fd = socket.Descriptor.Number, events = POLLIN },
            new() { fd = stop.Number, events = POLLIN },
        ];
        while (!Polling.Wait(waits, Timeout.Infinite))
        {
            // A signal came between.
        }
        return waits[1].revents == 0;
    }

    private void Read(List<T> batch)
    {
        try
        {
            var reader = socket.ReadNotifications();
            while (reader.TryRead(out var message))
            {
                if (parse(message, out var notification))
                    batch.Add(notification);
            }
        }
        catch (LinuxException e) when (e.Errno == ENOBUFS || e.Errno == EMSGSIZE)
        {
            batch.Add(missed);
        }
        catch (LinuxException e) when (e.Errno == EAGAIN)
        {
            // poll(2) may announce a datagram that is not there.
        }
    }

    private static Descriptor OpenEvent() => Descriptor.FromCall(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd", "");

    private static unsafe void Signal(Descriptor stop)
    {
        var one = 1UL;
        if (write(stop.Number, &one, sizeof(ulong)) < 0)
            throw LinuxException.Last("write", "eventfd");
    }
}
