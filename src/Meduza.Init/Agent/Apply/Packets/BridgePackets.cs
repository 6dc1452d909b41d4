using Meduza.Linux;
using Meduza.Linux.Files;

namespace Meduza.Init.Agent.Apply.Packets;

/// <summary>
/// Whether packets of bridges meet PREROUTING while they are still in the bridge (<c>br_netfilter</c>, which Docker
/// loads). The socket of the proxy, which TPROXY gives them there, they lose on their way out of the bridge. The setting
/// is somebody's protection of his containers, so it is told and not changed.
/// </summary>
internal static class BridgePackets
{
    public const string Setting = "net.bridge.bridge-nf-call-iptables";

    /// <summary>True when the setting is on. Whether a LAN is on a bridge it does not say.</summary>
    public static bool AreLost
    {
        get
        {
            try
            {
                return Sysctl.Read(Setting) == "1";
            }
            catch (LinuxException)
            {
                // The module is not loaded.
                return false;
            }
        }
    }
}
