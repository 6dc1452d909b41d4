using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.Process;
using Meduza.Linux.Tests.Netlink;
using Meduza.Linux.WireGuard;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Tests.WireGuard;

/// <summary>Two devices of a real wireguard-go, each in a network namespace of its own, joined by a veth pair.</summary>
public sealed class UserspaceWireGuardTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly UserspaceWireGuard _control = new();
    // The sockets of wireguard-go lie in one folder, whatever the network namespace.
    private readonly Side _left = new($"wgl{Environment.ProcessId}");
    private readonly Side _right = new($"wgr{Environment.ProcessId}");

    public UserspaceWireGuardTests()
    {
        using (var other = _right.Namespace.Run(() => Descriptor.Open("/proc/thread-self/ns/net", O_RDONLY)))
            _left.Route.CreateVeth("v0", "v0", other);
        _left.Start("192.0.2.1", "10.9.0.1");
        _right.Start("192.0.2.2", "10.9.0.2");
    }

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
    }

    [Fact]
    public async Task Two_devices_shake_hands_and_a_peer_that_is_changed_disturbs_no_other()
    {
        var (leftSecret, leftKey) = NewKey();
        var (rightSecret, rightKey) = NewKey();
        var preshared = new WireGuardSecret(RandomNumberGenerator.GetBytes(32));
        var left = new WireGuardConfig
        {
            PrivateKey = leftSecret,
            ListenPort = 51820,
            Peers =
            [
                new(rightKey)
                {
                    PresharedKey = preshared,
                    Endpoint = new IPEndPoint(IPAddress.Parse("192.0.2.2"), 51820),
                    AllowedIps = [IPNetwork.Parse("10.9.0.2/32")],
                },
                new(NewKey().Public) { AllowedIps = [IPNetwork.Parse("10.8.0.0/24")] },
            ],
        };
        var right = new WireGuardConfig
        {
            PrivateKey = rightSecret,
            ListenPort = 51820,
            Peers = [new(leftKey) { PresharedKey = preshared, AllowedIps = [IPNetwork.Parse("10.9.0.1/32"), IPNetwork.Parse("fd00:9::/64")] }],
        };
        Converge(_left, left);
        Converge(_right, right);

        Assert.Equal(0, _left.Ping("-c 1 -W 20 10.9.0.2").ExitCode);
        var before = _control.Get(_left.Device)!.Peers.Single(p => p.PublicKey == rightKey);
        Assert.NotNull(before.LastHandshake);

        // While packets fly through the one peer, the other is changed, exchanged and removed.
        var flood = Task.Run(() => _left.Ping("-f -q -c 4000 10.9.0.2"), TestContext.Current.CancellationToken);
        var changes = 0;
        for (; !flood.IsCompleted || changes < 20; changes++)
        {
            var other = new WireGuardPeerConfig(changes % 3 == 0 ? left.Peers[1].PublicKey : NewKey().Public)
            {
                AllowedIps = [IPNetwork.Parse($"10.8.{changes % 200}.0/24")],
                PersistentKeepalive = (ushort)(changes % 5),
            };
            Converge(_left, left with { Peers = [left.Peers[0], other] });
        }
        var result = await flood;
        Assert.Contains(" 0% packet loss", result.Output, StringComparison.Ordinal);

        var after = _control.Get(_left.Device)!.Peers.Single(p => p.PublicKey == rightKey);
        Assert.Equal(before.LastHandshake, after.LastHandshake);
        Assert.True(after.SentBytes > before.SentBytes + 4000 * 84);
        Assert.True(after.ReceivedBytes > before.ReceivedBytes + 4000 * 84);
    }

    [Fact]
    public void Device_that_is_not_there_is_null_and_cannot_be_changed()
    {
        Assert.Null(_control.Get("absent"));
        Assert.Equal(ENODEV, Assert.Throws<LinuxException>(() => _control.Apply("absent", new WireGuardChange { Mark = 1 })).Errno);
    }

    [Fact]
    public void What_the_program_refuses_is_an_error()
    {
        using var taken = _left.Namespace.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        taken.Bind(new IPEndPoint(IPAddress.Any, 4711));
        var error = Assert.Throws<LinuxException>(() => _control.Apply(_left.Device, new WireGuardChange { ListenPort = 4711 }));
        Assert.Equal(("set", _left.Device, EADDRINUSE), (error.Call, error.Subject, error.Errno));
    }

    // Applied and read back: then nothing is left to do, and doing it sends nothing.
    private void Converge(Side side, WireGuardConfig config)
    {
        _control.Apply(side.Device, WireGuardDiff.Between(_control.Get(side.Device)!, config));
        var again = WireGuardDiff.Between(_control.Get(side.Device)!, config);
        Assert.True(again.IsEmpty, again.ToString());
        var writes = _control.WriteCount;
        _control.Apply(side.Device, again);
        Assert.Equal(writes, _control.WriteCount);
    }

    private static (WireGuardSecret Secret, WireGuardPublicKey Public) NewKey()
    {
        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var key = Command.Run("wg", ["pubkey"], Limit, secret);
        Assert.Equal(0, key.ExitCode);
        return (WireGuardSecret.Parse(secret), WireGuardPublicKey.Parse(key.Output.Trim()));
    }

    private sealed class Side(string device) : IDisposable
    {
        private RunningCommand? _program;

        public string Device => device;
        public NetworkNamespace Namespace { get; } = new();
        public RouteSocket Route => field ??= Namespace.Run(RouteSocket.Open);

        public void Start(string outer, string inner)
        {
            Configure("v0", outer);
            _program = Namespace.Run(() => Command.Start("wireguard-go", ["-f", device]));
            // It makes the device first and the socket afterwards.
            var deadline = Environment.TickCount64 + (long)Limit.TotalMilliseconds;
            while (new UserspaceWireGuard().Get(device) is null)
            {
                Assert.True(!_program.HasExited && Environment.TickCount64 < deadline, _program.Text);
                Thread.Sleep(10);
            }
            Configure(device, inner);
        }

        public CommandResult Ping(string arguments) => Namespace.Run(() => Command.Run("ping", arguments.Split(' '), Limit));

        public void Dispose()
        {
            _program?.Dispose();
            Route.Dispose();
            Namespace.Dispose();
        }

        private void Configure(string name, string address)
        {
            var link = Route.GetLink(name)!.Value.Index;
            Route.AddAddress(link, IPAddress.Parse(address), 24);
            Route.SetUp(link);
        }
    }
}
