using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Meduza.Linux;
using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Agent.Status;

/// <summary>
/// Which nodes tincd reaches, from its control socket (tinc 1.1; 1.0 has none). Lines of text, each ended by a line feed:
/// <code>
/// we:    0 ^COOKIE 0         the cookie is the second word of its pid file
///        18 3                control, dump nodes
/// it:    0 NAME 17.7
///        4 0 PID
///        18 3 NAME ID HOST port PORT CIPHER DIGEST MACLENGTH COMPRESSION OPTIONS STATUS NEXTHOP …    for each node
///        18 3
/// </code>
/// OPTIONS and STATUS are in hexadecimal; bit 4 of STATUS is <c>reachable</c>. Source: <c>src/control.c</c>, <c>src/node.c</c>,
/// <c>src/node.h</c> and <c>src/tincctl.c</c> of tinc 1.1; seen so of 1.1pre18.
/// </summary>
internal static class TincNodes
{
    private const int Reachable = 1 << 4;

    /// <summary>Bytes of an answer: a thousand nodes are 150 kB.</summary>
    private const int Longest = 4 << 20;

    /// <summary>A daemon that hangs must not hold up the agent's loop. One that takes the cookie for wrong says nothing, too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Asks the daemon.</summary>
    /// <returns>The names of nodes that it reaches, itself included; null where it cannot be asked.</returns>
    public static ImmutableHashSet<string>? Read(string pidFile, string socketPath)
    {
        try
        {
            using var file = Descriptor.Open(pidFile, O_RDONLY);
            if (Encoding.ASCII.GetString(DescriptorIO.ReadToEnd(file, pidFile)).Split(' ') is not [_, var cookie, ..])
                return null;
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { SendTimeout = (int)Patience.TotalMilliseconds };
            socket.Connect(new UnixDomainSocketEndPoint(socketPath));
            socket.Send(Encoding.ASCII.GetBytes($"0 ^{cookie} 0\n18 3\n"));
            return Parse(Answer(socket));
        }
        catch (Exception e) when (e is SocketException or LinuxException)
        {
            // Not running, or just going, or one without a control socket.
            return null;
        }
    }

    /// <summary>What came of it until its end, or as far as it came in time.</summary>
    private static string Answer(Socket socket)
    {
        using var answer = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds; answer.Length < Longest;)
        {
            var left = end - Environment.TickCount64;
            if (left <= 0 || !socket.Poll(TimeSpan.FromMilliseconds(left), SelectMode.SelectRead) || socket.Receive(buffer) is not (> 0 and var count))
                break;
            answer.Write(buffer, 0, count);
            if (answer.GetBuffer().AsSpan(0, (int)answer.Length).EndsWith("\n18 3\n"u8))
                break;
        }
        return Encoding.ASCII.GetString(answer.GetBuffer(), 0, (int)answer.Length);
    }

    /// <summary>Reads an answer.</summary>
    /// <returns>The names of nodes that are reached; null where the answer is not whole.</returns>
    public static ImmutableHashSet<string>? Parse(string answer)
    {
        if (!answer.EndsWith("\n18 3\n", StringComparison.Ordinal))
            return null;
        var names = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var line in answer.Split('\n'))
        {
            if (line.Split(' ') is ["18", "3", var name, _, _, _, _, _, _, _, _, _, var status, ..]
                && int.TryParse(status, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits) && (bits & Reachable) != 0)
            {
                names.Add(name);
            }
        }
        return names.ToImmutable();
    }
}
