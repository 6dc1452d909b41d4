using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.OpenVpn;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

public static partial class ConfigParser
{
    private static List<(OpenVpnInstance Config, KeyReader Keys)> ReadOpenVpn(KeyReader own)
    {
        List<(OpenVpnInstance, KeyReader)> instances = [];
        foreach (var text in own.NamesBelow("openvpn/"))
        {
            var keys = own.Below($"openvpn/{text}/");
            if (!keys.Get(KeyTable.OpenVpnEnable, false))
                continue;
            if (!InstanceName.TryParse(text, out var name))
                own.Findings.Error(keys.Prefix, $"is not an instance's name; expected {InstanceName.Expected}");
            else if (OpenVpnParser.Read(name, keys) is { } instance)
                instances.Add((instance, keys));
        }
        OpenVpnParser.ReportPortClashes(instances);
        return instances;
    }
}
