using System.Net;
using Meduza.Linux;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.Netlink.WireGuard;
using Meduza.Linux.Process;
using Meduza.Linux.WireGuard;

namespace Meduza.Vm.Guest;

/// <summary>A network namespace with a WireGuard device <c>wg0</c>, and a veth end <c>v0</c> to the other side, if any.</summary>
internal sealed class Side : IDisposable
{
    public const string Device = "wg0";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Descriptor _namespace = NamespaceThread.Create();

    public Side()
    {
        Route = RouteSocket.Open(_namespace);
        Route.SetLoopbackUp();
        Route.CreateWireGuard(Device);
        Control = WireGuardSocket.TryOpen(_namespace) ?? throw new InvalidOperationException("the kernel has no WireGuard");
        Secret = NewSecret();
        Control.Apply(Device, new WireGuardChange { PrivateKey = Secret });
        Key = Control.Get(Device)!.PublicKey ?? throw new InvalidOperationException("no public key");
    }

    public RouteSocket Route { get; }
    public WireGuardSocket Control { get; }
    public WireGuardSecret Secret { get; }
    public WireGuardPublicKey Key { get; }

    /// <summary>From the kernel: the framework's own source of randomness would need OpenSSL in the machine.</summary>
    public static WireGuardSecret NewSecret()
    {
        using var random = File.OpenRead("/dev/urandom");
        Span<byte> bytes = stackalloc byte[WireGuardPublicKey.Length];
        random.ReadExactly(bytes);
        return new WireGuardSecret(bytes);
    }

    /// <summary>Two sides, joined by a wire.</summary>
    public static (Side Left, Side Right) Pair(string outerLeft, string outerRight, int outerLength, string innerLeft, string innerRight)
    {
        var (left, right) = (new Side(), new Side());
        left.Route.CreateVeth("v0", "v0", right._namespace);
        foreach (var (side, outer, inner) in new[] { (left, outerLeft, innerLeft), (right, outerRight, innerRight) })
        {
            // Up before its address: IPv6 would otherwise wait for duplicate detection only once it is.
            side.Up("v0", outer, outerLength);
            side.Up(Device, inner, 24);
        }
        return (left, right);
    }

    /// <summary>Applies, and reads back: nothing may be left to do.</summary>
    /// <returns>How many messages it took.</returns>
    public int Converge(WireGuardConfig config)
    {
        var before = Control.WriteCount;
        Control.Apply(Device, WireGuardDiff.Between(Control.Get(Device)!, config));
        var messages = Control.WriteCount - before;
        var left = WireGuardDiff.Between(Control.Get(Device)!, config);
        Require.That(left.IsEmpty, $"{left} {string.Join(' ', left.Peers)}");
        Control.Apply(Device, left);
        Require.Equal(before + messages, Control.WriteCount);
        return messages;
    }

    public CommandResult Run(string program, params string[] arguments) =>
        NamespaceThread.Run(_namespace, () => Command.Run(program, arguments, Limit));

    public CommandResult Ping(params string[] arguments) => Run("/usr/bin/ping", arguments);

    public void Dispose()
    {
        Control.Dispose();
        Route.Dispose();
        _namespace.Dispose();
    }

    private void Up(string name, string address, int length)
    {
        var link = Route.GetLink(name)!.Value.Index;
        Route.SetUp(link);
        Route.AddAddress(link, IPAddress.Parse(address), length);
    }
}
