using System.Net;
using Meduza.Gateway.Render;
using Meduza.Linux;
using Meduza.Linux.Sockets;

namespace Meduza.Init.Supervise.Processes;

/// <summary>One probe a kind of readiness. None waits for anything.</summary>
internal static class ReadinessProbes
{
    /// <exception cref="FormatException">The target is no address where one is needed.</exception>
    public static IReadinessProbe Create(Readiness readiness) => readiness.Kind switch
    {
        ReadinessKind.UnixSocket => new ConnectProbe(StreamAddress.Unix(readiness.Target)),
        ReadinessKind.TcpPort => new ConnectProbe(StreamAddress.Tcp(IPEndPoint.Parse(readiness.Target))),
        ReadinessKind.Device => new ExistenceProbe(() => NetworkDevice.Exists(readiness.Target)),
        ReadinessKind.File => new ExistenceProbe(() => File.Exists(readiness.Target)),
        _ => new ExistenceProbe(() => true),
    };
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
