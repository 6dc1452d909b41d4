using System.Net.Sockets;
using System.Text;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Programs;

/// <summary>
/// A running FRR daemon's terminal, over its unix socket: a command ends with a NUL, an answer with three NULs and the
/// result (0 done, 1 done with a warning; as in FRR's lib/vty.c, for vtysh).
/// </summary>
internal sealed class Vty : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public Vty(string path)
    {
        _socket.ReceiveTimeout = (int)Sandbox.Patience.TotalMilliseconds;
        _socket.Connect(new UnixDomainSocketEndPoint(path));
        Execute("enable");
    }

    public (string Text, byte Result) Execute(string line)
    {
        _socket.Send(Encoding.UTF8.GetBytes(line + "\0"));
        List<byte> answer = [];
        var buffer = new byte[4096];
        while (answer.Count < 4 || answer[^4] != 0 || answer[^3] != 0 || answer[^2] != 0)
        {
            var length = _socket.Receive(buffer);
            Assert.True(length > 0, $"the daemon closed its terminal at: {line}");
            answer.AddRange(buffer[..length]);
        }
        return (Encoding.UTF8.GetString([.. answer[..^4]]), answer[^1]);
    }

    /// <summary>Applies a delta as the agent does; what may not fail and does fails the test.</summary>
    public void Apply(IEnumerable<FrrCommand> commands)
    {
        Execute("configure terminal");
        foreach (var command in commands)
        {
            var (text, result) = Execute(command.Line);
            Assert.True(command.MayFail || result == 0, $"{command.Line}: {result} {text}");
        }
        Execute("end");
    }

    /// <summary>What a daemon runs, as the agent reads it back: the very text that it should run where it does.</summary>
    public static string ReadBack(Sandbox machine, FrrDaemonConfig config)
    {
        using var vty = new Vty(machine.HostPath($"/run/frr/{config.Daemon}.vty"));
        return FrrReadback.Read(vty.Execute("show running-config").Text, config.Config);
    }

    public void Dispose() => _socket.Dispose();
}
