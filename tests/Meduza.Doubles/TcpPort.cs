using System.Net;
using System.Net.Sockets;

namespace Meduza.Doubles;

/// <summary>A TCP port: each connection is served by a thread of its own, and closed when that is done.</summary>
internal abstract class TcpPort : IDisposable
{
    private const int Backlog = 256;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Faults _faults;

    /// <exception cref="SocketException">The port is taken, or may not be opened.</exception>
    protected TcpPort(IPEndPoint listen, Faults faults, bool isTransparent = false)
    {
        _faults = faults;
        try
        {
            if (isTransparent)
                Transparent.Allow(_listener);
            _listener.Bind(listen);
            _listener.Listen(Backlog);
        }
        catch
        {
            _listener.Dispose();
            throw;
        }
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public void Dispose() => _listener.Dispose();

    protected abstract void Serve(Socket client);

    private void Accept()
    {
        while (true)
        {
            try
            {
                var client = _listener.Accept();
                new Thread(() => ServeAndClose(client)) { IsBackground = true }.Start();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void ServeAndClose(Socket client)
    {
        using (client)
        {
            // The kernel takes the connection; nobody answers.
            _faults.WaitWhile(Faults.Hang);
            try
            {
                Serve(client);
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // It is gone.
            }
        }
    }
}
