using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Render.Frr;

internal static partial class FrrRenderer
{
    private static string Ospf(GatewayConfig config)
    {
        if (config.Ospf is not { } ospf)
            return "";
        var text = new ConfigText();
        var lans = OspfLans(config, ospf);
        var takesBgp = ospf.RedistributeBgp && config.Bgp is not null;
        OspfDefinitions(text, ospf, lans, takesBgp);
        foreach (var device in ospf.ActiveInterfaces)
        {
            text.Line($"interface {device}");
            text.Line($" ip ospf area {ospf.Area}");
            text.Line(" ip ospf network broadcast");
            text.Line(" no ip ospf passive");
            text.Line("exit");
        }
        text.Line("router ospf");
        text.LineIf(ospf.RouterId is not null, $" ospf router-id {ospf.RouterId}");
        text.Line(" passive-interface default");
        // One line for both kinds of LANs: a second one would take the place of the first.
        text.LineIf(!lans.IsEmpty, $" redistribute connected route-map {FrrNames.ConnectedToOspf}");
        text.LineIf(takesBgp && !ospf.BgpDefaultOnly, $" redistribute bgp route-map {FrrNames.BgpToOspf}");
        // ospfd redistributes every route but the default one, which needs this line.
        text.LineIf(takesBgp, $" default-information originate route-map {FrrNames.DefaultToOspf}");
        text.Line("exit");
        return text.ToString();
    }

    private static ImmutableArray<Prefix> OspfLans(GatewayConfig config, OspfConfig ospf)
    {
        IEnumerable<Prefix> lans = [];
        if (ospf.InjectSiteLan)
            lans = lans.Concat(config.Lans);
        if (ospf.InjectPrivateLan)
            lans = lans.Concat(config.PrivateLans);
        return [.. lans.Distinct().Order()];
    }

    private static void OspfDefinitions(ConfigText text, OspfConfig ospf, ImmutableArray<Prefix> lans, bool takesBgp)
    {
        if (!lans.IsEmpty)
        {
            PrefixList(text, FrrNames.OspfLans, lans.Select(WithParts));
            RouteMap(text, FrrNames.ConnectedToOspf, true, 10, $"match ip address prefix-list {FrrNames.OspfLans}");
        }
        if (!takesBgp)
            return;
        if (!ospf.BgpDefaultOnly)
            RouteMap(text, FrrNames.BgpToOspf, true, 10, $"set tag {BgpTag}");
        // Any default route would do for "default-information originate", the machine's own uplink too: only one that bgpd
        // has tagged is BGP's. It keeps that tag in OSPF. The prefix must be matched as well, since ospfd asks the map about
        // every external route, and takes one that matches for a reason to announce whatever default route there is.
        PrefixList(text, FrrNames.Default, ["permit 0.0.0.0/0"]);
        RouteMap(text, FrrNames.DefaultToOspf, true, 10, $"match ip address prefix-list {FrrNames.Default}", $"match tag {BgpTag}");
    }
}
