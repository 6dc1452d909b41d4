using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Render.Mihomo;

namespace Meduza.Gateway.Render;

/// <summary>
/// What rendering must know of the machine it renders for: where the driven programs lie, and what differs between
/// their versions. Found once by whoever renders, handed in as data, so that rendering stays pure.
/// </summary>
public sealed record Machine
{
    /// <summary>Where FRR's daemons lie.</summary>
    public string FrrDaemonFolder { get; init; } = "/usr/lib/frr";

    /// <summary>FRR's shell, of which only its check of a configuration is used.</summary>
    public string Vtysh { get; init; } = "/usr/bin/vtysh";

    /// <summary>True where FRR has <c>mgmtd</c> (FRR 9 and later): it must run before the other daemons.</summary>
    public bool FrrHasMgmtd { get; init; }

    public string EasyTier { get; init; } = "/usr/bin/easytier-core";

    public string Tincd { get; init; } = "/usr/sbin/tincd";

    /// <summary>True where tincd has a control socket (1.1 and later).</summary>
    public bool TincHasControl { get; init; }

    public string OpenVpn { get; init; } = "/usr/sbin/openvpn";

    /// <summary>OpenVPN's version; from 2.7 on a static key must be allowed explicitly.</summary>
    public Version OpenVpnVersion { get; init; } = new(2, 6);

    /// <summary>True where the kernel has WireGuard; otherwise <see cref="WireGuardGo"/> does it.</summary>
    public bool WireGuardInKernel { get; init; } = true;

    public string WireGuardGo { get; init; } = "/usr/bin/wireguard-go";

    public string Dnsmasq { get; init; } = "/usr/sbin/dnsmasq";

    /// <summary>The users of <see cref="ProgramPrivileges"/> that the machine has.</summary>
    public ImmutableHashSet<string> Users { get; init; } = [.. ProgramPrivileges.All.Select(program => program.User)];

    public string Mihomo { get; init; } = "/usr/bin/mihomo";

    /// <summary>mihomo's configuration below that of a subscription (YAML).</summary>
    public ReadOnlyMemory<byte> MihomoBase { get; init; } = ShippedFile.Carried(ShippedFile.Mihomo);

    /// <summary>The password of mihomo's API where a subscription sets none; null where there is none.</summary>
    public Secret? MihomoSecret { get; init; }

    /// <summary>The last good text of each subscription that there is one of, by name.</summary>
    public ImmutableDictionary<string, ReadOnlyMemory<byte>> Subscriptions { get; init; } = ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty;

    /// <summary>
    /// Where each file of geographical data for mihomo is kept that there is, by its name. Another content lies elsewhere. Null
    /// where that is nobody's business: then all are taken to be there.
    /// </summary>
    public ImmutableDictionary<string, string>? Geodata { get; init; }

    /// <summary>What was made of it last.</summary>
    internal MergeMemory Merged { get; } = new();

    public string Mosdns { get; init; } = "/usr/bin/mosdns";

    /// <summary>MosDNS's configuration where no key gives its plugins (YAML).</summary>
    public ReadOnlyMemory<byte> MosdnsBase { get; init; } = ShippedFile.Carried(ShippedFile.Mosdns);

    /// <summary>Where the last good content of each rule file of MosDNS is kept, by the file's path in its folder. Another content lies elsewhere.</summary>
    public ImmutableDictionary<string, string> RuleFiles { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Fallback resolvers (<c>DNS_NAMESERVERS</c>).</summary>
    public ImmutableArray<IPAddress> Nameservers { get; init; } = [IPAddress.Parse("223.5.5.5"), IPAddress.Parse("119.29.29.29")];

    /// <summary>The next router (<c>DEFAULT_GW</c>); null where the machine's own default route stays.</summary>
    public IPAddress? DefaultGateway { get; init; }
}
