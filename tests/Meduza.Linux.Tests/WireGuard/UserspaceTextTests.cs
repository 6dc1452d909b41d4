using Meduza.Linux.WireGuard;
using static Meduza.Linux.Tests.WireGuard.WireGuardSamples;

namespace Meduza.Linux.Tests.WireGuard;

public class UserspaceTextTests
{
    [Fact]
    public void Whole_device_is_written_peer_by_peer() => Assert.Equal(
        """
        set=1
        private_key=4092d22b6a6d30888e07b5602c64e2a8dd85bd541ca5be165491902213c17c54
        listen_port=51820
        fwmark=32
        public_key=c53201039adba14be71f886da1d8dbe9eebded08cb111b75340078999aa9f038
        preshared_key=fd4c1c48f837f215bf0fd637b5c4b514e5742b5c2e51131b4b4b1eb0910fe5a9
        endpoint=192.0.2.1:51821
        persistent_keepalive_interval=25
        replace_allowed_ips=true
        allowed_ip=10.1.0.0/16
        allowed_ip=2001:db8:1::/48
        public_key=4eb32f4a83f88d842563a448cc181bb2c42a637bf12363e2fb2ef594e5965d7d
        endpoint=[2001:db8::9]:51822
        replace_allowed_ips=true
        allowed_ip=10.2.0.0/16


        """,
        UserspaceText.WriteChange(WireGuardDiff.Between(Empty, TwoPeers)));

    [Fact]
    public void Peers_are_removed_and_updated_by_their_words() => Assert.Equal(
        $"""
        set=1
        public_key=c53201039adba14be71f886da1d8dbe9eebded08cb111b75340078999aa9f038
        remove=true
        public_key=4eb32f4a83f88d842563a448cc181bb2c42a637bf12363e2fb2ef594e5965d7d
        update_only=true
        preshared_key={new string('0', 64)}
        persistent_keepalive_interval=0


        """,
        UserspaceText.WriteChange(new WireGuardChange
        {
            Peers =
            [
                new(First, WireGuardPeerAction.Remove),
                new(Second, WireGuardPeerAction.Update) { PresharedKey = WireGuardSecret.None, PersistentKeepalive = 0 },
            ],
        }));

    // As wireguard-go 0.0.20220316 answered, with the keys of the samples.
    [Fact]
    public void Device_is_read_with_its_peers()
    {
        var device = UserspaceText.ReadDevice("wg0",
            """
            private_key=4092d22b6a6d30888e07b5602c64e2a8dd85bd541ca5be165491902213c17c54
            listen_port=51820
            fwmark=32
            public_key=c53201039adba14be71f886da1d8dbe9eebded08cb111b75340078999aa9f038
            preshared_key=fd4c1c48f837f215bf0fd637b5c4b514e5742b5c2e51131b4b4b1eb0910fe5a9
            protocol_version=1
            endpoint=192.0.2.1:51821
            last_handshake_time_sec=1711000000
            last_handshake_time_nsec=150000000
            tx_bytes=180
            rx_bytes=92
            persistent_keepalive_interval=25
            allowed_ip=10.1.0.0/16
            allowed_ip=2001:db8:1::/48
            public_key=4eb32f4a83f88d842563a448cc181bb2c42a637bf12363e2fb2ef594e5965d7d
            preshared_key=0000000000000000000000000000000000000000000000000000000000000000
            protocol_version=1
            endpoint=[2001:db8::9]:51822
            last_handshake_time_sec=0
            last_handshake_time_nsec=0
            tx_bytes=0
            rx_bytes=0
            persistent_keepalive_interval=0
            allowed_ip=10.2.0.0/16
            errno=0


            """);
        Assert.True(WireGuardDiff.Between(device, TwoPeers).IsEmpty);
        Assert.Equal((180ul, 92ul), (device.Peers[0].SentBytes, device.Peers[0].ReceivedBytes));
        Assert.Equal(new DateTimeOffset(2024, 3, 21, 5, 46, 40, 150, TimeSpan.Zero), device.Peers[0].LastHandshake);
        Assert.Null(device.Peers[1].LastHandshake);
        Assert.Null(device.Peers[1].PresharedKey);
    }

    [Theory]
    [InlineData("errno=0\n\n", 0)]
    [InlineData("private_key=00\nerrno=-22\n\n", 22)]
    [InlineData("", 74)]
    [InlineData("errno=what\n\n", 74)]
    public void Error_is_the_last_line(string answer, int error) => Assert.Equal(error, UserspaceText.Error(answer));
}
