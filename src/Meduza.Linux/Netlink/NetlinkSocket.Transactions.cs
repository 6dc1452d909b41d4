using Meduza.Linux.Netlink.Abi;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Netlink;

/// <summary>Many requests as one.</summary>
internal sealed partial class NetlinkSocket
{
    /// <summary>
    /// Sends requests that the kernel does all or none of, in one datagram, and returns when they are done.
    /// </summary>
    /// <param name="batch">The first and the last say where the transaction begins and ends; at least one is between.</param>
    /// <exception cref="LinuxException">
    /// The kernel refused one of them, and did none; <c>ERESTART</c>: what it is made for is not what is there any more.
    /// </exception>
    public void Transact(NetlinkBatch batch)
    {
        lock (_gate)
        {
            // Older kernels (before 6.10) do not acknowledge the end, so the last change it is.
            var last = (uint)batch.Count - 2;
            var sequence = _sequence + 1;
            _sequence += (uint)batch.Count;
            WriteCount++;
            var (call, subject) = batch.Describe((int)last);
            Send(batch.Number(0, batch.Count, sequence, (int)last), call, subject);

            // The first failure is told. Answers to the others may still be queued: the next request's number passes them over.
            while (true)
            {
                var reader = Receive(0, call);
                while (reader.TryRead(out var message))
                {
                    var index = message.Sequence - sequence;
                    if (message.Type != LinuxNetlink.NLMSG_ERROR || index >= (uint)batch.Count)
                        continue;
                    var (failed, about) = batch.Describe((int)index);
                    ExtendedAck.ThrowIfError(message, failed, about);
                    if (index == last)
                        return;
                }
                if (reader.Malformed)
                    throw new LinuxException(ReceiveCall, call, EBADMSG);
            }
        }
    }
}
