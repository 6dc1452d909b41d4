using System.Net.Sockets;
using System.Text;

namespace Meduza.Init.Tests.Agent.Apply;

/// <summary>What stands in for an FRR daemon: it listens at a vty socket, hears commands, and answers them as it was told to.</summary>
internal sealed class VtyDaemon : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<string> _heard = [];
    private readonly Func<string, (int Code, string Text)> _answer;

    /// <param name="path">Of its socket.</param>
    /// <param name="answer">What it says to a command.</param>
    public VtyDaemon(string path, Func<string, (int Code, string Text)> answer)
    {
        _answer = answer;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _ = Task.Run(Serve);
    }

    /// <summary>The commands since the last time this was asked, those aside that are no configuration.</summary>
    public IReadOnlyList<string> TakeHeard()
    {
        lock (_heard)
        {
            string[] heard = [.. _heard.Where(command => command is not ("enable" or "configure terminal" or "end"))];
            _heard.Clear();
            return heard;
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Serve()
    {
        try
        {
            while (true)
            {
                using var client = _listener.Accept();
                Serve(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    private void Serve(Socket client)
    {
        var buffer = new byte[4096];
        var command = new StringBuilder();
        for (int length; (length = client.Receive(buffer)) > 0;)
        {
            foreach (var c in Encoding.UTF8.GetString(buffer, 0, length))
            {
                if (c != '\0')
                {
                    command.Append(c);
                    continue;
                }
                lock (_heard)
                    _heard.Add(command.ToString());
                var (code, text) = _answer(command.ToString());
                command.Clear();
                client.Send([.. Encoding.UTF8.GetBytes(text), 0, 0, 0, (byte)code]);
            }
        }
    }
}
