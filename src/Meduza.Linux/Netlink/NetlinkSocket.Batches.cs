using Meduza.Linux.Netlink.Abi;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Netlink;

/// <summary>Many requests by few system calls.</summary>
internal sealed partial class NetlinkSocket
{
    // One datagram's worth: below the smallest send buffer that machines are set up with.
    private const int BatchLength = 64 << 10;

    // What an answer takes of the receive buffer, with the kernel's bookkeeping and room for its words, in bytes.
    private const int AnswerLength = 2048;

    /// <summary>
    /// Sends requests that each stand alone, in order, as many in one system call as the buffers hold: the kernel answers
    /// while it is sent to, so the answers to all of them must fit. One that fails does not stop those after it.
    /// </summary>
    /// <returns>What failed, in order.</returns>
    /// <exception cref="LinuxException">The socket failed: what was done is not known.</exception>
    public IReadOnlyList<LinuxException> ChangeAll(NetlinkBatch batch)
    {
        lock (_gate)
        {
            var failures = new List<LinuxException>();
            var limit = Math.Max(1, ReceiveBuffer() / AnswerLength);
            for (var first = 0; first < batch.Count;)
            {
                var count = batch.CountWithin(first, limit, BatchLength);
                ChangePart(batch, first, count, failures);
                first += count;
            }
            return failures;
        }
    }

    private void ChangePart(NetlinkBatch batch, int first, int count, List<LinuxException> failures)
    {
        var sequence = _sequence + 1;
        _sequence += (uint)count;
        WriteCount += count;
        Send(batch.Number(first, count, sequence), "requests", $"{count}");

        // Sequence numbers may wrap; the distance from the first does not care.
        while (true)
        {
            var reader = Receive(0, "answers");
            while (reader.TryRead(out var message))
            {
                var index = message.Sequence - sequence;
                if (message.Type != LinuxNetlink.NLMSG_ERROR || index >= (uint)count)
                    continue;
                var (failed, about) = batch.Describe(first + (int)index);
                if (ExtendedAck.Failure(message, failed, about) is { } failure)
                    failures.Add(failure);
                if (index == (uint)count - 1)
                    return;
            }
            if (reader.Malformed)
                throw new LinuxException(ReceiveCall, "answers", EBADMSG);
        }
    }

    private unsafe int ReceiveBuffer()
    {
        int length;
        socklen_t size = sizeof(int);
        return getsockopt(_descriptor.Number, SOL_SOCKET, SO_RCVBUF, &length, &size) == 0
            ? length
            : throw LinuxException.Last("getsockopt", "SO_RCVBUF");
    }
}
