using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>Which packets a table sees, or a set holds (<c>NFPROTO_*</c>).</summary>
[CHeader("linux/netfilter.h")]
public enum NetfilterFamily : byte
{
    [CName("NFPROTO_IPV4")]
    Ipv4 = 2,

    [CName("NFPROTO_IPV6")]
    Ipv6 = 10,
}

/// <summary>A transport protocol (<c>IPPROTO_*</c>).</summary>
[CHeader("netinet/in.h")]
public enum TransportProtocol : byte
{
    [CName("IPPROTO_TCP")]
    Tcp = 6,

    [CName("IPPROTO_UDP")]
    Udp = 17,
}

/// <summary>Where a packet meets a base chain (<c>NF_INET_*</c>).</summary>
[CHeader("linux/netfilter.h")]
public enum NetfilterHook
{
    [CName("NF_INET_PRE_ROUTING")]
    Prerouting = 0,

    [CName("NF_INET_LOCAL_IN")]
    Input = 1,

    [CName("NF_INET_FORWARD")]
    Forward = 2,

    [CName("NF_INET_LOCAL_OUT")]
    Output = 3,

    [CName("NF_INET_POST_ROUTING")]
    Postrouting = 4,
}
