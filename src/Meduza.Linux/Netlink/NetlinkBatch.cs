using System.Runtime.InteropServices;
using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink;

/// <summary>Requests that change something, kept to be sent together.</summary>
internal sealed class NetlinkBatch
{
    private readonly List<Entry> _entries = [];
    private byte[] _bytes = new byte[4096];
    private int _length;

    /// <summary>How many requests.</summary>
    public int Count => _entries.Count;

    /// <param name="request">One message, its length a multiple of four.</param>
    /// <param name="call">The message type as the header names it, for the exception.</param>
    /// <param name="subject">What it is about; made into a text only when it fails.</param>
    public void Add(ReadOnlySpan<byte> request, string call, object subject)
    {
        if (request.Length > _bytes.Length - _length)
            Array.Resize(ref _bytes, Math.Max(_length + request.Length, 2 * _bytes.Length));
        request.CopyTo(_bytes.AsSpan(_length));
        _entries.Add(new Entry(_length, call, subject));
        _length += request.Length;
    }

    /// <summary>What to say about a request that failed.</summary>
    public (string Call, string Subject) Describe(int index) => (_entries[index].Call, _entries[index].Subject.ToString() ?? "");

    /// <summary>How many requests from <paramref name="first"/> on are no longer together than <paramref name="length"/> bytes; at least one.</summary>
    public int CountWithin(int first, int limit, int length)
    {
        var end = first + 1;
        while (end < Count && end - first < limit && EndOf(end) - _entries[first].Offset <= length)
            end++;
        return end - first;
    }

    /// <summary>
    /// Numbers requests, so that only one is acknowledged when nothing fails: the kernel handles them in order, and
    /// reports what fails whether it was asked to or not.
    /// </summary>
    /// <param name="sequence">Of the first; one more for each that follows.</param>
    /// <param name="acknowledged">The one that is acknowledged, counted from the first; the last where it is not given.</param>
    /// <returns>They as one datagram.</returns>
    public ReadOnlySpan<byte> Number(int first, int count, uint sequence, int? acknowledged = null)
    {
        for (var i = 0; i < count; i++)
        {
            ref var header = ref MemoryMarshal.AsRef<NetlinkHeader>(_bytes.AsSpan(_entries[first + i].Offset));
            header.nlmsg_flags |= LinuxNetlink.NLM_F_REQUEST;
            if (i == (acknowledged ?? count - 1))
                header.nlmsg_flags |= LinuxNetlink.NLM_F_ACK;
            else
                header.nlmsg_flags &= unchecked((ushort)~LinuxNetlink.NLM_F_ACK);
            header.nlmsg_seq = sequence + (uint)i;
        }
        var start = _entries[first].Offset;
        return _bytes.AsSpan(start, EndOf(first + count - 1) - start);
    }

    private int EndOf(int index) => index + 1 < Count ? _entries[index + 1].Offset : _length;

    private readonly record struct Entry(int Offset, string Call, object Subject);
}
