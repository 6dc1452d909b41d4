using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Supervision;

/// <summary>Clients of the control socket that mean harm or are broken: each loses its own connection at most.</summary>
public sealed class HostileClientTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly int _agent;

    public HostileClientTests()
    {
        _machine.UntilState("agent", "ready");
        _agent = _machine.Pid("agent");
    }

    public void Dispose() => _machine.Dispose();

    /// <summary>The sockets that PID 1 has, each by a number of its own (proc_pid_fd(5)).</summary>
    private List<string> Sockets => [.. new DirectoryInfo($"/proc/{_machine.Init.HostPid}/fd").GetFiles()
        .Select(descriptor => descriptor.LinkTarget ?? "").Where(target => target.StartsWith("socket:", StringComparison.Ordinal))];

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 60_000, SendTimeout = 60_000 };
        socket.Connect(new UnixDomainSocketEndPoint(_machine.Init.ControlSocket));
        return socket;
    }

    private static byte[] Frame(ReadOnlySpan<byte> json) => [.. BitConverter.GetBytes(json.Length), .. json];

    private static byte[] Frame(string json) => Frame(Encoding.UTF8.GetBytes(json));

    /// <summary>The answer, or null where the connection was closed.</summary>
    private static JsonObject? Answer(Socket socket)
    {
        var length = new byte[4];
        if (!Fill(socket, length))
            return null;
        var json = new byte[BitConverter.ToInt32(length)];
        Assert.True(Fill(socket, json));
        return JsonNode.Parse(json)!.AsObject();
    }

    private static bool Fill(Socket socket, byte[] bytes)
    {
        for (var done = 0; done < bytes.Length;)
        {
            try
            {
                var count = socket.Receive(bytes.AsSpan(done), SocketFlags.None);
                if (count == 0)
                    return false;
                done += count;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset)
            {
                return false; // closed with bytes of ours unread
            }
        }
        return true;
    }

    private void AssertServes()
    {
        Assert.Equal(_agent, _machine.Pid("agent"));
        Assert.NotEqual(2, _machine.Init.Meduza("status", "--json").ExitCode);
        _machine.Define("works", ["/bin/sleep", "1000"]);
        _machine.UntilState("works", "ready");
    }

    [Fact]
    public void Frames_that_are_none_end_their_connection_and_no_other()
    {
        byte[][] rubbish =
        [
            Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n"),
            [0xff, 0xff, 0xff, 0xff],
            Frame(""),
            Frame("\0\0\0\0"),
            Frame([0xc3, 0x28, 0xff, 0xfe]),
            Frame([.. "{\"verb\":\""u8, 0xff, 0xc0, 0x80, .. "\"}"u8]),
            Frame(new string('[', 1 << 20)),
            Frame(string.Concat(Enumerable.Repeat("{\"a\":", 100_000))),
            Frame("{\"verb\":\"status\",\"id\":99999999999999999999999999}"),
            Frame("{\"verb\":\"logs\",\"lines\":1e400}"),
            Frame("{\"verb\":\"status\",\"services\":\"all\"}"),
            Frame([.. "{\"verb\":\""u8, .. Enumerable.Repeat((byte)'x', (4 << 20) - 20), .. "\"}"u8, (byte)'}']),
            [.. BitConverter.GetBytes((4 << 20) + 1), .. "{"u8],
        ];
        foreach (var bytes in rubbish)
        {
            using var socket = Connect();
            socket.Send(bytes);
            // A word, as far as it was there to be read, and the end.
            var answer = Answer(socket);
            Assert.True(answer is null || answer["error"] is not null, $"{answer}");
            Assert.Null(answer is null ? null : Answer(socket));
        }
        AssertServes();
    }

    [Fact]
    public void A_request_of_the_full_length_and_ids_of_any_size_are_answered()
    {
        using var socket = Connect();
        var name = new string('x', (4 << 20) - 100);
        socket.Send(Frame($"{{\"id\":{long.MaxValue},\"verb\":\"stop\",\"services\":[\"{name}\"]}}"));
        var answer = Answer(socket)!;
        Assert.Equal(long.MaxValue, (long)answer["id"]!);
        Assert.NotNull(answer["error"]);

        socket.Send(Frame($"{{\"id\":{long.MinValue},\"verb\":\"do what I mean\"}}"));
        Assert.Equal((long.MinValue, "unknown verb 'do what I mean'"), ((long)(answer = Answer(socket)!)["id"]!, (string)answer["error"]!));
        AssertServes();
    }

    [Fact]
    public void Halves_of_frames_that_never_end_hold_nobody_up()
    {
        // Then the agent has all the connections that it makes, and not at its first word.
        _machine.Init.WaitForOutput(line => line.Contains("refuses connections", StringComparison.Ordinal));
        var others = Sockets;
        var sockets = Enumerable.Range(0, 40).Select(_ => Connect()).ToList();
        foreach (var socket in sockets)
            socket.Send([.. BitConverter.GetBytes(1 << 20), .. "{\"verb\":\"sta"u8]);

        AssertServes();

        var theirs = Sockets.Except(others).ToList();
        Assert.True(theirs.Count >= 40, $"{theirs.Count} are served");
        sockets.ForEach(s => s.Dispose());
        Machine.Until(() => !Sockets.Intersect(theirs).Any(), "end of their connections");
    }

    [Fact]
    public void Sixty_four_are_served_and_the_sixty_fifth_is_told_so()
    {
        var sockets = new List<Socket>();
        JsonObject answer;
        do
        {
            sockets.Add(Connect());
            // One that is too many may be closed already, with its answer there to be read.
            sockets[^1].Send(Frame("{\"verb\":\"status\",\"id\":7}"), SocketFlags.None, out _);
            answer = Answer(sockets[^1])!;
        }
        while ((int)answer["id"]! == 7);

        Assert.Contains("64 clients", (string?)answer["error"] ?? "", StringComparison.Ordinal);
        Assert.Null(Answer(sockets[^1]));
        // The test's own connection is one of the 64, and so is the agent's once it is there.
        Assert.InRange(sockets.Count - 1, 62, 63);
        sockets.ForEach(s => s.Dispose());
        AssertServes();
    }

    [Fact]
    public void Those_who_ask_and_never_read_are_cut_off_before_they_cost_much()
    {
        var questions = Enumerable.Repeat(Frame("{\"verb\":\"status\"}"), 1000).SelectMany(f => f).ToArray();
        for (var i = 0; i < 8; i++)
        {
            using var socket = Connect();
            Assert.Throws<SocketException>(() =>
            {
                // Each answer is some hundred bytes: more than enough of them to be too many.
                for (var sent = 0; sent < 1000; sent++)
                    socket.Send(questions);
            });
        }
        AssertServes();
        var resident = ProcessMemory.Status(_machine.Init.HostPid, "VmRSS");
        Assert.True(resident < 48_000, $"PID 1 has {resident} KiB");
    }
}
