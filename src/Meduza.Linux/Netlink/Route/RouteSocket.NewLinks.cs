using System.Text;
using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Route;

public sealed partial class RouteSocket
{
    /// <summary>A new WireGuard device, without keys and down.</summary>
    /// <exception cref="LinuxException">
    /// <c>EOPNOTSUPP</c>: this kernel has no WireGuard; <c>EEXIST</c>: there is a device of that name; or the kernel refused.
    /// </exception>
    public void CreateWireGuard(string name) => Create(name, "wireguard");

    /// <summary>A new device that swallows what is sent to it, for addresses that belong to no wire.</summary>
    /// <inheritdoc cref="CreateBridge"/>
    public void CreateDummy(string name) => Create(name, "dummy");

    /// <summary>A new bridge, without ports and down.</summary>
    /// <exception cref="LinuxException"><c>EEXIST</c>: there is a device of that name; <c>EOPNOTSUPP</c>: this kernel has no such kind.</exception>
    public void CreateBridge(string name) => Create(name, "bridge");

    /// <summary>Two new devices that are joined, both down.</summary>
    /// <param name="name">The one here.</param>
    /// <param name="peer">The other one.</param>
    /// <param name="peerNamespace">The network namespace of the other one; null for this.</param>
    /// <exception cref="LinuxException"><c>EEXIST</c>: there is a device of one of the names; or the kernel refused.</exception>
    public void CreateVeth(string name, string peer, Descriptor? peerNamespace = null)
    {
        ValidateName(name);
        ValidateName(peer);
        var writer = new MessageWriter(stackalloc byte[LinkMessages.MaxLength]);
        LinkMessages.WriteCreateVeth(ref writer, name, peer, peerNamespace?.Number ?? -1);
        _socket.Change(writer.Written, "RTM_NEWLINK", $"veth {name} and {peer}");
    }

    /// <summary>Deletes a device; a veth takes its other end with it.</summary>
    /// <exception cref="LinuxException"><c>ENODEV</c>: it is gone; <c>EOPNOTSUPP</c>: it is one of hardware.</exception>
    public void DeleteLink(int index)
    {
        var writer = new MessageWriter(stackalloc byte[LinkMessages.MaxLength]);
        LinkMessages.WriteDelete(ref writer, index);
        _socket.Change(writer.Written, "RTM_DELLINK", $"link {index}");
    }

    internal void Create(string name, string kind)
    {
        ValidateName(name);
        var writer = new MessageWriter(stackalloc byte[LinkMessages.MaxLength]);
        LinkMessages.WriteCreate(ref writer, name, kind);
        _socket.Change(writer.Written, "RTM_NEWLINK", $"{kind} {name}");
    }

    internal static void ValidateName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Encoding.UTF8.GetByteCount(name) >= LinuxIf.IFNAMSIZ || name.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"a device name has at most {LinuxIf.IFNAMSIZ - 1} bytes and no NUL", nameof(name));
    }
}
