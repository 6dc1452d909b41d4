using System.Globalization;
using System.Net.Sockets;
using Meduza.Linux;
using Meduza.Linux.Process;
using static Tmds.Linux.LibC;

namespace Meduza.Lab.Harness;

/// <summary>A network namespace with a name, as <c>ip netns</c> makes them. Its devices go with it.</summary>
public sealed class NetworkNamespace : IDisposable
{
    private NetworkNamespace(string name) => (Name, Inode) = 
        (name, ulong.Parse(Must.Run(["stat", "-L", "-c", "%i", HandleOf(name)]), CultureInfo.InvariantCulture));

    public string Name { get; }

    /// <summary>Tells whether a process is in it, see <see cref="ProcessTable"/>.</summary>
    public ulong Inode { get; }

    /// <summary>The file that keeps it alive, and by which others enter it.</summary>
    public string Handle => HandleOf(Name);

    public static NetworkNamespace Create(string name)
    {
        Must.Run(["ip", "netns", "add", name]);
        var made = new NetworkNamespace(name);
        // No duplicate address detection: a second or two later the kernel would tell of addresses that nobody changed.
        Must.Run([.. made.Command("sh", "-c", "for f in /proc/sys/net/ipv6/conf/*/accept_dad; do [ ! -e $f ] || echo 0 > $f; done")]);
        return made;
    }

    public static NetworkNamespace Existing(string name) => new(name);

    /// <summary>Runs commands of ip(8) in it, one a line, without the word <c>ip</c>.</summary>
    public void Ip(params IReadOnlyList<string> lines) =>
        Must.Run(["ip", "-n", Name, "-batch", "-"], string.Join('\n', lines) + "\n");

    /// <summary>The command line that runs a program in it; nothing else of the program's surroundings is changed.</summary>
    public IReadOnlyList<string> Command(params IReadOnlyList<string> command) => ["nsenter", $"--net={Handle}", "--", .. command];

    /// <summary>Runs a program in it to its end.</summary>
    public CommandResult Run(params IReadOnlyList<string> command) =>
        Meduza.Linux.Process.Command.Run("nsenter", [.. Command(command).Skip(1)], Must.Patience);

    /// <summary>A socket for IPv4 in it, for whoever is elsewhere.</summary>
    public Socket Open(SocketType type, ProtocolType protocol)
    {
        using var handle = Descriptor.Open(Handle, O_RDONLY);
        return NamespaceThread.Run(handle, () => new Socket(AddressFamily.InterNetwork, type, protocol));
    }

    /// <summary>Kills what still runs in it, then removes it.</summary>
    public void Dispose()
    {
        if (!File.Exists(Handle))
            return;
        ProcessTable.KillAll(p => p.Network == Inode);
        Must.Run(["ip", "netns", "delete", Name]);
    }

    private static string HandleOf(string name) => $"/run/netns/{name}";
}
