using System.Net;
using System.Net.Sockets;

namespace Meduza.Init.Agent.Status;

/// <summary>
/// The TCP port for health probes. While the gateway is well somebody listens there, who accepts and closes; while it is
/// not, nobody does, so that a probe is refused at once, also by a gateway whose agent is gone.
/// </summary>
internal sealed class HealthPort(TimeProvider clock) : IDisposable
{
    /// <summary>Probes that wait to be accepted; the kernel refuses more.</summary>
    private const int Backlog = 16;

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private Socket? _listener;
    private long? _failedAt;

    /// <summary>Which port it is; null for none.</summary>
    public ushort? Port
    {
        get;
        set
        {
            if (field == value)
                return;
            Close();
            field = value;
        }
    }

    public bool IsOpen => _listener is not null;

    /// <summary>Why it cannot be opened; null where nothing is wrong.</summary>
    public string? Problem { get; private set; }

    /// <summary>How long until it is worth trying to open it again; infinite where nothing has failed.</summary>
    public TimeSpan Wait => _failedAt is { } at ? Again - clock.GetElapsedTime(at) : Timeout.InfiniteTimeSpan;

    /// <summary>Opens it, or closes it.</summary>
    /// <param name="isWell">What a probe is to find.</param>
    public void Show(bool isWell)
    {
        if (!isWell || Port is null)
            Close();
        else if (_listener is null && (_failedAt is null || Wait <= TimeSpan.Zero))
            Open(Port.Value);
    }

    public void Dispose() => Close();

    private void Close()
    {
        _listener?.Dispose();
        _listener = null;
        (Problem, _failedAt) = (null, null);
    }

    private void Open(ushort port)
    {
        var listener = Socket.OSSupportsIPv6
            ? new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true }
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port));
            listener.Listen(Backlog);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            Problem = $"TCP port {port} cannot be opened: {e.Message}: see who listens there (ss -ltnp), or set healthy/port to another";
            _failedAt = clock.GetTimestamp();
            return;
        }
        (_listener, Problem, _failedAt) = (listener, null, null);
        _ = AcceptAsync(listener);
    }

    /// <summary>One after the other, each closed at once: a probe costs one descriptor for a moment.</summary>
    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            try
            {
                using var probe = await listener.AcceptAsync();
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (SocketException)
            {
                // No descriptor is left, or the probe went away before it was taken.
                await Task.Delay(Again, clock);
            }
        }
    }
}
