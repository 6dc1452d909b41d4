using System.Net;
using System.Text;
using Meduza.Linux.Netlink.Abi;
using static Meduza.Linux.Netlink.Abi.LinuxIpSet;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>
/// Sets of networks (ipset(8), <c>hash:net</c>) in the network namespace in which it was opened: a rule asks a set in one
/// step, whether it holds one network or thousands. Safe to use from several threads, but each set by one at a time.
/// </summary>
public sealed class IpSets : IDisposable
{
    // Where a new content is gathered before it takes the name; found by it, and removed, when that was broken off.
    private const string NewSuffix = ".new";

    private static readonly TimeSpan ReleaseInterval = TimeSpan.FromMilliseconds(5), ReleaseLimit = TimeSpan.FromSeconds(1);

    private readonly NetlinkSocket _socket;

    internal IpSets(NetlinkSocket socket) => _socket = socket;

    /// <summary>How many requests that change something were sent: 0 proves that nothing was touched.</summary>
    public int WriteCount => _socket.WriteCount;

    /// <exception cref="LinuxException">The kernel has no netfilter, or no descriptor is left.</exception>
    public static IpSets Open() => new(NetlinkSocket.Open(LinuxNfnetlink.NETLINK_NETFILTER));

    /// <summary>The number by which rules know the set; null where there is none of that name.</summary>
    /// <remarks>Swapping two sets leaves each name its number: a rule sees the new content at once.</remarks>
    /// <exception cref="LinuxException">The kernel refused, or has no sets.</exception>
    public ushort? IndexOf(string name)
    {
        Validate(name);
        var writer = new MessageWriter(stackalloc byte[IpSetMessages.MaxLength]);
        IpSetMessages.WriteGetIndex(ref writer, name);
        try
        {
            return _socket.Get<ushort>(writer.Written, "IPSET_CMD_GET_BYNAME", name, IpSetMessages.TryParseIndex) is [var index, ..] ? index : null;
        }
        catch (LinuxException e) when (e.Errno == ENOENT)
        {
            return null;
        }
    }

    /// <summary>The networks in a set; null where there is no set of that name, or one of another type or family.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<IPNetwork>? GetMembers(string name, NetfilterFamily family)
    {
        Validate(name);
        var writer = new MessageWriter(stackalloc byte[IpSetMessages.MaxLength]);
        IpSetMessages.WriteList(ref writer, name);
        try
        {
            var parts = _socket.Dump<SetPart>(writer.Written, "IPSET_CMD_LIST", name, IpSetMessages.TryParseList);
            return parts.Exists(part => part.Type == IpSetMessages.HashNet && part.Family == (byte)family)
                ? [.. parts.SelectMany(part => part.Members)]
                : null;
        }
        catch (LinuxException e) when (e.Errno == ENOENT)
        {
            return null;
        }
    }

    /// <param name="name">At most 31 bytes.</param>
    /// <param name="family">Which addresses it holds.</param>
    /// <param name="maximum">How many networks it can hold.</param>
    /// <exception cref="LinuxException">There is one of that name; or the kernel refused.</exception>
    public void Create(string name, NetfilterFamily family, int maximum = IpSetMessages.DefaultMaximum)
    {
        Validate(name);
        var writer = new MessageWriter(stackalloc byte[IpSetMessages.MaxLength]);
        IpSetMessages.WriteCreate(ref writer, name, family, maximum);
        Change(writer.Written, "IPSET_CMD_CREATE", name);
    }

    /// <summary>Adds networks that are not in the set yet.</summary>
    /// <exception cref="LinuxException">One is there already, or of no length; or the set is full.</exception>
    public void Add(string name, ReadOnlySpan<IPNetwork> networks)
    {
        Validate(name);
        var buffer = new byte[IpSetMessages.LengthOfAdd(Math.Min(networks.Length, IpSetMessages.MembersPerMessage))];
        while (!networks.IsEmpty)
        {
            var count = Math.Min(networks.Length, IpSetMessages.MembersPerMessage);
            var writer = new MessageWriter(buffer);
            IpSetMessages.WriteAdd(ref writer, name, networks[..count]);
            Change(writer.Written, "IPSET_CMD_ADD", $"{count} networks to {name}");
            networks = networks[count..];
        }
    }

    /// <summary>Exchanges what two sets of one type hold, at once.</summary>
    /// <exception cref="LinuxException">One is not there, or of another type.</exception>
    public void Swap(string one, string other)
    {
        Validate(one);
        Validate(other);
        var writer = new MessageWriter(stackalloc byte[IpSetMessages.MaxLength]);
        IpSetMessages.WriteSwap(ref writer, one, other);
        Change(writer.Written, "IPSET_CMD_SWAP", $"{one} and {other}");
    }

    /// <exception cref="LinuxException">It is not there (<c>ENOENT</c>), or in use.</exception>
    public void Destroy(string name)
    {
        Validate(name);
        var writer = new MessageWriter(stackalloc byte[IpSetMessages.MaxLength]);
        IpSetMessages.WriteDestroy(ref writer, name);
        Change(writer.Written, "IPSET_CMD_DESTROY", name);
    }

    /// <summary>True when the set is there and holds these networks and no others.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool Holds(string name, NetfilterFamily family, IEnumerable<IPNetwork> networks) =>
        GetMembers(name, family) is { } members && Normalized(networks).SetEquals(members);

    /// <summary>
    /// Makes a set hold these networks and no others, whether or not it is there. Rules that ask it meanwhile see all of
    /// the old content or all of the new one: the new one is gathered in another set, then swapped in.
    /// </summary>
    /// <returns>False when it held them already, and nothing was sent.</returns>
    /// <exception cref="LinuxException">The kernel refused; the set is as it was.</exception>
    public bool Replace(string name, NetfilterFamily family, IEnumerable<IPNetwork> networks)
    {
        var wanted = Normalized(networks);
        var members = GetMembers(name, family);
        if (members is not null && wanted.SetEquals(members))
            return false;

        var gathered = name + NewSuffix;
        if (IndexOf(gathered) is not null)
            Destroy(gathered);
        Create(gathered, family, Math.Max(wanted.Count, IpSetMessages.DefaultMaximum));
        Add(gathered, [.. wanted]);
        if (members is null && IndexOf(name) is null)
            Create(name, family);
        Swap(gathered, name);
        Destroy(gathered);
        return true;
    }

    /// <summary>Destroys a set, and what a replacement that was broken off has left of it, where they are there.</summary>
    /// <remarks>Waits up to a second for the kernel to let go of rules that were deleted just now.</remarks>
    /// <returns>False when there was neither, and nothing was sent.</returns>
    /// <exception cref="LinuxException">It is in use.</exception>
    public bool Remove(string name)
    {
        var removed = false;
        foreach (var each in (string[])[name, name + NewSuffix])
        {
            if (IndexOf(each) is null)
                continue;
            DestroyWhenReleased(each);
            removed = true;
        }
        return removed;
    }

    // The kernel lets go of what deleted rules used only after its readers are through (RCU), some milliseconds later.
    private void DestroyWhenReleased(string name)
    {
        for (var waited = TimeSpan.Zero; ; waited += ReleaseInterval)
        {
            try
            {
                Destroy(name);
                return;
            }
            catch (LinuxException e) when (e.Errno == IPSET_ERR_BUSY && waited < ReleaseLimit)
            {
                Thread.Sleep(ReleaseInterval);
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    // The type cannot hold a network of no length: two halves are the same.
    private static HashSet<IPNetwork> Normalized(IEnumerable<IPNetwork> networks)
    {
        var set = new HashSet<IPNetwork>();
        foreach (var network in networks)
        {
            if (network.PrefixLength > 0)
            {
                set.Add(network);
                continue;
            }
            var upper = network.BaseAddress.GetAddressBytes();
            set.Add(new IPNetwork(new IPAddress(upper), 1));
            upper[0] = 0x80;
            set.Add(new IPNetwork(new IPAddress(upper), 1));
        }
        return set;
    }

    private void Change(Span<byte> request, string call, string subject)
    {
        try
        {
            _socket.Change(request, call, subject);
        }
        catch (LinuxException e) when (Words(e.Errno) is { } words)
        {
            throw new LinuxException(call, subject, e.Errno, words);
        }
    }

    // Errors that only sets have; the C library knows no words for them.
    private static string? Words(int errno) => errno switch
    {
        IPSET_ERR_PROTOCOL => "the kernel does not speak this protocol of ipset",
        IPSET_ERR_FIND_TYPE => "the kernel has no sets of this type and revision",
        IPSET_ERR_MAX_SETS => "there are as many sets as there can be",
        IPSET_ERR_BUSY => "the set is in use by a rule",
        IPSET_ERR_EXIST_SETNAME2 => "the second set is not there",
        IPSET_ERR_TYPE_MISMATCH => "the sets are of different types",
        IPSET_ERR_EXIST => "a network is in the set already",
        IPSET_ERR_INVALID_CIDR => "a network of a length that the set cannot hold",
        IPSET_ERR_REFERENCED => "the set is in use by another set",
        > IPSET_ERR_PRIVATE => $"error {errno} of ipset",
        _ => null,
    };

    private static void Validate(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Encoding.UTF8.GetByteCount(name), IPSET_MAXNAMELEN, nameof(name));
    }
}
