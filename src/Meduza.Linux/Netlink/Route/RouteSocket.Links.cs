using System.Text;
using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Route;

public sealed partial class RouteSocket
{
    // In every network namespace, by definition of the kernel (LOOPBACK_IFINDEX in net/flow.h).
    private const int LoopbackIndex = 1;

    /// <summary>All devices, by index.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<Link> GetLinks()
    {
        var writer = new MessageWriter(stackalloc byte[LinkMessages.MaxLength]);
        LinkMessages.WriteDump(ref writer);
        return _socket.Dump<Link>(writer.Written, "RTM_GETLINK", "all links", LinkMessages.TryParse);
    }

    /// <summary>The device of that name, or null where there is none (nor ever can be, its name being too long).</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public Link? GetLink(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) >= LinuxIf.IFNAMSIZ)
            return null;
        var writer = new MessageWriter(stackalloc byte[LinkMessages.MaxLength]);
        LinkMessages.WriteGet(ref writer, name);
        try
        {
            return _socket.Get<Link>(writer.Written, "RTM_GETLINK", name, LinkMessages.TryParse) is [var link, ..] ? link : null;
        }
        catch (LinuxException e) when (e.Errno == Tmds.Linux.LibC.ENODEV)
        {
            return null;
        }
    }

    /// <summary>Sets a device up. One that is up stays as it is.</summary>
    /// <exception cref="LinuxException"><c>ENODEV</c>: it is gone; or the kernel refused.</exception>
    public void SetUp(int index) => SetUp(index, true);

    /// <summary>Sets a device down. Its IPv6 addresses go with that.</summary>
    /// <exception cref="LinuxException"><c>ENODEV</c>: it is gone; or the kernel refused.</exception>
    public void SetDown(int index) => SetUp(index, false);

    /// <summary>Sets <c>lo</c> up: a new network namespace has it down.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void SetLoopbackUp() => SetUp(LoopbackIndex);

    /// <param name="index">The device.</param>
    /// <param name="mtu">Largest packet in bytes.</param>
    /// <exception cref="LinuxException"><c>EINVAL</c>: the device cannot; <c>ENODEV</c>: it is gone.</exception>
    public void SetMtu(int index, int mtu)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mtu);
        var writer = new MessageWriter(stackalloc byte[LinkMessages.MaxLength]);
        LinkMessages.WriteSetMtu(ref writer, index, mtu);
        _socket.Change(writer.Written, "RTM_NEWLINK", $"mtu {mtu} of link {index}");
    }

    private void SetUp(int index, bool up)
    {
        var writer = new MessageWriter(stackalloc byte[LinkMessages.MaxLength]);
        LinkMessages.WriteSetUp(ref writer, index, up);
        _socket.Change(writer.Written, "RTM_NEWLINK", $"{(up ? "up" : "down")} of link {index}");
    }
}
