using Meduza.Linux.Process;

namespace Meduza.Lab.Harness;

/// <summary>The far end of a gateway's OpenVPN tunnel, run by nobody's supervisor.</summary>
public sealed class OpenVpnPeer : IDisposable
{
    private readonly RunningCommand _openVpn;

    /// <param name="lab">Whose it is.</param>
    /// <param name="network">Where it runs.</param>
    /// <param name="gateway">Underlay address of the gateway.</param>
    /// <param name="local">This end's address in the tunnel.</param>
    /// <param name="remote">The gateway's.</param>
    /// <param name="secret">The static key.</param>
    /// <param name="port">The gateway's port.</param>
    public OpenVpnPeer(LabNetwork lab, NetworkNamespace network, string gateway, string local, string remote, string secret, int port = 1194)
    {
        ArgumentNullException.ThrowIfNull(lab);
        ArgumentNullException.ThrowIfNull(network);
        var key = $"{lab.Folder.Path}/openvpn-{local}.key";
        File.WriteAllText(key, secret + "\n");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        // Its pings are what tells the gateway that there is somebody.
        var inside = network.Command(
            "openvpn", "--dev", "tun-peer", "--dev-type", "tun", "--proto", "udp", "--remote", gateway, "--port", $"{port}", "--ifconfig", local, remote,
            "--secret", key, "--cipher", "AES-256-CBC", "--ping", "1", "--verb", "1");
        _openVpn = Command.Start(inside[0], [.. inside.Skip(1)]);
        lab.Folder.Own($"openvpn-{local}", _openVpn.Pid);
    }

    public void Dispose() => _openVpn.Dispose();
}
