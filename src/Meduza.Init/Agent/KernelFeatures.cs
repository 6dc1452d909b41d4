using Meduza.Linux;
using Meduza.Linux.Netlink.Netfilter;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Agent;

/// <summary>What a kernel may lack that some gateways need: told at the start, before a key asks for it. <c>meduza doctor</c> tries more.</summary>
internal static class KernelFeatures
{
    public const string NoWireGuard = "this kernel has no WireGuard: wireguard-go does it, at more cost; load the module wireguard, where there is one (modprobe, on a container's host)";

    /// <returns>Why nothing can be done with packets; null where it can, or where it is the right that lacks, which PID 1 tells.</returns>
    public static string? PacketProblem()
    {
        try
        {
            using var tables = NfTables.Open();
            tables.GetGeneration();
            return null;
        }
        catch (LinuxException e) when (e.Errno == EPERM)
        {
            return null;
        }
        catch (LinuxException e)
        {
            return $"this kernel has no nf_tables, without which clash/mode tproxy, portforward and network_mapping do not work: {e.Message}; load the modules nf_tables and nft_compat (modprobe, on a container's host)";
        }
    }
}
