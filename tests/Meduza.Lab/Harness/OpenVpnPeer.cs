using Meduza.Linux.Process;

namespace Meduza.Lab.Harness;

/// <summary>The far end of a gateway's OpenVPN tunnel, run by nobody's supervisor in the core of a lab.</summary>
public sealed class OpenVpnPeer : IDisposable
{
    private readonly RunningCommand _openVpn;

    /// <param name="lab">Where.</param>
    /// <param name="gateway">Underlay address of the gateway.</param>
    /// <param name="local">This end's address in the tunnel.</param>
    /// <param name="remote">The gateway's.</param>
    /// <param name="secret">The static key.</param>
    public OpenVpnPeer(LabNetwork lab, string gateway, string local, string remote, string secret)
    {
        ArgumentNullException.ThrowIfNull(lab);
        var key = $"{lab.Folder.Path}/openvpn-peer.key";
        File.WriteAllText(key, secret + "\n");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        // Its pings are what tells the gateway that there is somebody.
        var inside = lab.Core.Command(
            "openvpn", "--dev", "tun-peer", "--dev-type", "tun", "--proto", "udp", "--remote", gateway, "--ifconfig", local, remote,
            "--secret", key, "--cipher", "AES-256-CBC", "--ping", "1", "--verb", "1");
        _openVpn = Command.Start(inside[0], [.. inside.Skip(1)]);
        lab.Folder.Own("openvpn-peer", _openVpn.Pid);
    }

    public void Dispose() => _openVpn.Dispose();
}
