using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.OpenVpn;

namespace Meduza.Gateway.Model;

public static partial class ConfigParser
{
    private static List<(OpenVpnInstance Config, KeyReader Keys)> ReadOpenVpn(KeyReader own)
    {
        var instances = ReadInstances(own, "openvpn/", KeyTable.OpenVpnEnable, OpenVpnParser.Read);
        OpenVpnParser.ReportPortClashes(instances);
        return instances;
    }
}
