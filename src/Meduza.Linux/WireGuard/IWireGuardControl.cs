namespace Meduza.Linux.WireGuard;

/// <summary>Reads and changes WireGuard devices: those of the kernel, or those of <c>wireguard-go</c>.</summary>
public interface IWireGuardControl
{
    /// <returns>Null where there is no device of that name, or it is none of WireGuard.</returns>
    /// <exception cref="LinuxException">It cannot be read.</exception>
    WireGuardDevice? Get(string name);

    /// <summary>Does what <paramref name="change"/> says, and nothing where it says nothing.</summary>
    /// <exception cref="LinuxException">The device is gone, or refused: what stood before the refusal is done.</exception>
    void Apply(string name, WireGuardChange change);
}
