namespace Meduza.Gateway.Model.Mosdns;

/// <summary>As what MosDNS's plugins read a list of rules.</summary>
[Flags]
public enum RuleReading
{
    /// <summary>As nothing that is known here, or not at all.</summary>
    None = 0,

    /// <summary>Domains: a <c>domain_set</c>, or a matcher of names.</summary>
    Names = 1,

    /// <summary>Addresses and networks: an <c>ip_set</c>, or a matcher of addresses.</summary>
    Addresses = 2,
}
