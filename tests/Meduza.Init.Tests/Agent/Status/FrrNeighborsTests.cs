using Meduza.Init.Agent.Status;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Agent.Status;

public sealed class FrrNeighborsTests
{
    [Fact]
    public void Bgp_peers_are_read_with_and_without_the_address_family_around_them()
    {
        const string Peers = """{"routerId":"1.1.1.1","peers":{"10.9.0.2":{"remoteAs":65002,"state":"Established","pfxRcd":3,"pfxSnt":2}}}""";
        NeighborReport[] expected = 
        [
            new("bgp", "10.9.0.2", "Established", "AS 65002, 3 received, 2 sent") { IsUp = true, As = "65002", PrefixesReceived = 3, PrefixesSent = 2 },
        ];

        Assert.Equal(expected, FrrNeighbors.ParseBgp(Peers));
        Assert.Equal(expected, FrrNeighbors.ParseBgp($$"""{"ipv4Unicast":{{Peers}}}"""));
    }

    [Theory]
    [InlineData("Idle")]
    [InlineData("Active")]
    [InlineData("OpenConfirm")]
    public void A_bgp_peer_without_a_session_is_not_up_and_may_have_no_prefixes(string state) => Assert.Equal(
        [new("bgp", "10.9.0.2", state, "AS 65002,  received,  sent") { As = "65002" }],
        FrrNeighbors.ParseBgp($$$$"""{"peers":{"10.9.0.2":{"remoteAs":65002,"state":"{{{{state}}}}"}}}"""));

    [Theory]
    [InlineData("state", "Full/DR", true)]
    [InlineData("nbrState", "Full/DR", true)]
    [InlineData("nbrState", "2-Way/DROther", true)]
    [InlineData("nbrState", "ExStart/Backup", false)]
    [InlineData("nbrState", "Init/-", false)]
    public void Ospf_adjacencies_are_read_under_both_names_of_their_state(string name, string state, bool isUp) =>
        Assert.Equal(
            [new("ospf", "1.1.1.2", state, "10.0.0.2 on tnc0:10.0.0.1") { IsUp = isUp, Interface = "tnc0:10.0.0.1" }],
            FrrNeighbors.ParseOspf($$$"""{"neighbors":{"1.1.1.2":[{"{{{name}}}":"{{{state}}}","ifaceAddress":"10.0.0.2","ifaceName":"tnc0:10.0.0.1"}]}}"""));

    [Fact]
    public void No_instance_is_no_neighbour()
    {
        Assert.Empty(FrrNeighbors.ParseBgp("{}"));
        Assert.Empty(FrrNeighbors.ParseOspf("{}"));
    }
}
