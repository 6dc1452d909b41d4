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

    /// <summary>Renames a device. The kernel may want it down for that.</summary>
    /// <exception cref="LinuxException"><c>EEXIST</c>: the name is taken; <c>EBUSY</c>: it is up; <c>ENODEV</c>: it is gone.</exception>
    public void Rename(int index, string name)
    {
        ValidateName(name);
        var writer = new MessageWriter(stackalloc byte[LinkMessages.MaxLength]);
        LinkMessages.WriteRename(ref writer, index, name);
        _socket.Change(writer.Written, "RTM_NEWLINK", $"name {name} of link {index}");
    }

    /// <param name="index">The device.</param>
    /// <param name="alias">A text of at most 255 bytes; null takes it away.</param>
    /// <exception cref="LinuxException"><c>ENODEV</c>: it is gone; or the kernel refused.</exception>
    public void SetAlias(int index, string? alias)
    {
        var bytes = Encoding.UTF8.GetBytes(alias ?? "");
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bytes.Length, LinuxIf.IFALIASZ, nameof(alias));
        var writer = new MessageWriter(stackalloc byte[LinkMessages.MaxLength]);
        LinkMessages.WriteSetAlias(ref writer, index, bytes);
        _socket.Change(writer.Written, "RTM_NEWLINK", $"alias of link {index}");
    }

    /// <summary>Puts a device into a bridge, or takes it out.</summary>
    /// <param name="index">The device.</param>
    /// <param name="master">The bridge; 0 for none.</param>
    /// <exception cref="LinuxException"><c>ENODEV</c>: one of them is gone; or the kernel refused.</exception>
    public void SetMaster(int index, int master)
    {
        var writer = new MessageWriter(stackalloc byte[LinkMessages.MaxLength]);
        LinkMessages.WriteSetMaster(ref writer, index, master);
        _socket.Change(writer.Written, "RTM_NEWLINK", $"master {master} of link {index}");
    }

    /// <summary>Moves a device to another network namespace, where it is down, without addresses, and may have another index.</summary>
    /// <exception cref="LinuxException"><c>EEXIST</c>: its name is taken there; or the kernel refused.</exception>
    public void Move(int index, Descriptor networkNamespace)
    {
        ArgumentNullException.ThrowIfNull(networkNamespace);
        var writer = new MessageWriter(stackalloc byte[LinkMessages.MaxLength]);
        LinkMessages.WriteMove(ref writer, index, networkNamespace.Number);
        _socket.Change(writer.Written, "RTM_NEWLINK", $"namespace of link {index}");
    }

    private void SetUp(int index, bool up)
    {
        var writer = new MessageWriter(stackalloc byte[LinkMessages.MaxLength]);
        LinkMessages.WriteSetUp(ref writer, index, up);
        _socket.Change(writer.Written, "RTM_NEWLINK", $"{(up ? "up" : "down")} of link {index}");
    }
}
