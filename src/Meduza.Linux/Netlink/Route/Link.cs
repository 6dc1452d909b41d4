using System.Net;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Route;

/// <summary>A network device.</summary>
/// <param name="Index">Its number, for as long as it exists.</param>
/// <param name="Name">Its name, at most 15 bytes.</param>
/// <param name="Up">True when it is administratively up (<c>IFF_UP</c>).</param>
/// <param name="Mtu">Largest packet in bytes.</param>
public readonly record struct Link(int Index, string Name, bool Up, int Mtu)
{
    /// <summary>The driver of a virtual device: <c>veth</c>, <c>bridge</c>, <c>wireguard</c>, <c>tun</c>; null with others.</summary>
    public string? Kind { get; init; }

    /// <summary>A text of the administrator's, at most 255 bytes; null where there is none.</summary>
    public string? Alias { get; init; }

    /// <summary>The bridge (or bond, or VRF) that it is in; 0 in none.</summary>
    public int MasterIndex { get; init; }
}

/// <summary>How far an address means the same (<c>RT_SCOPE_*</c>, rtnetlink(7)).</summary>
[CHeader("linux/rtnetlink.h")]
public enum AddressScope : byte
{
    /// <summary>Everywhere.</summary>
    [CName("RT_SCOPE_UNIVERSE")]
    Universe = 0,

    /// <summary>IPv6 site-local (deprecated).</summary>
    [CName("RT_SCOPE_SITE")]
    Site = 200,

    /// <summary>On its link only: IPv6 <c>fe80::/10</c>, which the kernel sets by itself, and IPv4 <c>169.254.0.0/16</c>.</summary>
    [CName("RT_SCOPE_LINK")]
    Link = 253,

    /// <summary>On this machine only: <c>127.0.0.0/8</c>, <c>::1</c>.</summary>
    [CName("RT_SCOPE_HOST")]
    Host = 254,

    /// <summary>Nowhere.</summary>
    [CName("RT_SCOPE_NOWHERE")]
    Nowhere = 255,
}

/// <summary>An address that a device has.</summary>
/// <param name="LinkIndex">The device.</param>
/// <param name="Address">IPv4 or IPv6, without a scope id.</param>
/// <param name="PrefixLength">In bits.</param>
/// <param name="Scope">How far it means the same.</param>
public readonly record struct LinkAddress(int LinkIndex, IPAddress Address, int PrefixLength, AddressScope Scope)
{
    public override string ToString() => $"{Address}/{PrefixLength}";
}
