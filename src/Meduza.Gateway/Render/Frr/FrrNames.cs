namespace Meduza.Gateway.Render.Frr;

/// <summary>Names of lists and maps in FRR. They begin alike, so that a person tells them from hand-made ones.</summary>
internal static class FrrNames
{
    /// <summary>Own LANs that OSPF announces.</summary>
    public const string OspfLans = "MEDUZA-OSPF-LANS";

    /// <summary>The default route alone.</summary>
    public const string Default = "MEDUZA-DEFAULT";

    public const string ConnectedToOspf = "MEDUZA-CONNECTED-TO-OSPF";
    public const string BgpToOspf = "MEDUZA-BGP-TO-OSPF";
    public const string DefaultToOspf = "MEDUZA-DEFAULT-TO-OSPF";
    public const string OspfToBgp = "MEDUZA-OSPF-TO-BGP";

    /// <summary>The private LANs of all nodes.</summary>
    public const string Private = "MEDUZA-PRIVATE";

    public const string FilterIn = "MEDUZA-FILTER-IN";
    public const string FilterOut = "MEDUZA-FILTER-OUT";

    /// <summary>AS paths that are longer than no_transit accepts.</summary>
    public const string Transit = "MEDUZA-TRANSIT";

    /// <summary>The community on what an external peer announced.</summary>
    public const string External = "MEDUZA-EXTERNAL";
}
