using System.Net;
using Meduza.Gateway.Render;
using Meduza.Linux;
using Meduza.Linux.Sockets;

namespace Meduza.Init.Supervise.Processes;

/// <summary>One probe a kind of readiness. None waits for anything.</summary>
internal static class ReadinessProbes
{
    /// <param name="readiness">The sign.</param>
    /// <param name="pid">Whose.</param>
    /// <exception cref="FormatException">The target is no address where one is needed.</exception>
    public static IReadinessProbe Create(Readiness readiness, int pid) => readiness.Kind switch
    {
        ReadinessKind.UnixSocket => new ConnectProbe(StreamAddress.Unix(readiness.Target)),
        ReadinessKind.TcpPort => new ConnectProbe(StreamAddress.Tcp(IPEndPoint.Parse(readiness.Target))),
        ReadinessKind.Device => new ExistenceProbe(() => NetworkDevice.Exists(readiness.Target)),
        ReadinessKind.File => new ExistenceProbe(() => File.Exists(readiness.Target)),
        ReadinessKind.BoundTcpPort => BoundPort(readiness.Target, endPoint => BoundPorts.IsTcpListening(pid, endPoint)),
        ReadinessKind.BoundUdpPort => BoundPort(readiness.Target, endPoint => BoundPorts.IsUdpBound(pid, endPoint)),
        _ => throw new ArgumentOutOfRangeException(nameof(readiness), readiness.Kind, "no sign that can be looked for"),
    };

    /// <summary>True for signs that are looked for; the others are given.</summary>
    public static bool CanLookFor(ReadinessKind kind) => kind is ReadinessKind.UnixSocket or ReadinessKind.TcpPort
        or ReadinessKind.Device or ReadinessKind.File or ReadinessKind.BoundTcpPort or ReadinessKind.BoundUdpPort;

    private static ExistenceProbe BoundPort(string target, Func<IPEndPoint, bool> isBound)
    {
        var endPoint = IPEndPoint.Parse(target);
        return new(() => isBound(endPoint));
    }
}

/// <summary>Ready when something exists.</summary>
internal sealed class ExistenceProbe(Func<bool> exists) : IReadinessProbe
{
    public bool IsReady() => exists();

    public void Dispose()
    {
    }
}

/// <summary>Ready when a connection is accepted; it is closed at once. One that is under way is looked at again instead of begun again.</summary>
internal sealed class ConnectProbe(StreamAddress address) : IReadinessProbe
{
    private Descriptor? _pending;

    public bool IsReady()
    {
        ConnectState state;
        if (_pending is null)
        {
            try
            {
                _pending = StreamSockets.Connect(address, out state);
            }
            catch (LinuxException)
            {
                return false; // no descriptor just now: looked at again like anything that is not ready
            }
        }
        else
        {
            state = StreamSockets.State(_pending);
        }
        if (state != ConnectState.Pending)
            Dispose();
        return state == ConnectState.Connected;
    }

    public void Dispose()
    {
        _pending?.Dispose();
        _pending = null;
    }
}
