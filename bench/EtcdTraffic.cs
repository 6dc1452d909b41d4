using System.Globalization;
using System.Text.RegularExpressions;
using Meduza.Lab.Harness;

namespace Meduza.Bench;

/// <summary>What a gateway's connection to etcd has carried, by the kernel's count (ss(8)).</summary>
internal static partial class EtcdTraffic
{
    /// <summary>Bytes that the agent has received, since its session began.</summary>
    public static long ReceivedBytes(SoloGateway solo)
    {
        // Of the agent alone: the lab asks from elsewhere.
        var sockets = Must.Run([.. solo.Gateway.Network.Command("ss", "-tinH", "state", "established", "dport", "=", ":2379")]);
        return Received().Matches(sockets).Sum(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"bytes_received:(\d+)")]
    private static partial Regex Received();
}
